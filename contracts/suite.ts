/** What a suite of experiments came to: `suite.json` of its report, and what `run <suite> --json` prints. */
import type { VerdictState } from './exit-codes.ts';
import type { AvailabilityZone } from './labels.ts';

export const SUITE_SCHEMA = 'azimuth.suite/1';

/** One run of an experiment in one AZ. */
export interface SuiteRun {
  experiment: string;
  az: AvailabilityZone;
  seed: number;
  ratePerSecond: number;
  /** Wall clock, when it was asked for. */
  atMs: number;
  /** Of the code, where it is known. */
  commit: string | null;
  /** Of its document with all that it leaves out filled in: another one is another experiment. */
  documentHash: string;
  expected: VerdictState;
  verdict: VerdictState;
  /** As its document expects, and for the reason that it is to be so. */
  asExpected: boolean;
  ordersFailed: number | null;
  /** Milliseconds. */
  addedLatencyMsMax: number | null;
  /** Share of the host's processors, 0..1. */
  hostCpuMax: number | null;
  /** From the verdict until the report of all formats was fetched, milliseconds; null without one. */
  reportMs: number | null;
  /** From the trip of a guardrail; null where none tripped, or nothing was to be healed. */
  brake: Brake | null;
  reasons: string[];
  /** Folder of its report, where a person finds it; null without one. */
  report: string | null;
  replay: string;
}

/** Milliseconds. */
export interface Brake {
  /** Until every inverse was acknowledged. */
  acknowledgedMs: number;
  /** Until everything ran again: what is dead starts a few at a time. */
  wholeMs: number;
}

export interface SuiteMemberResult {
  experiment: string;
  title: string;
  isAdvisory: boolean;
  weight: number;
  expected: VerdictState;
  /** How many were to be. */
  wanted: number;
  runs: SuiteRun[];
  /** The worst of them against what its document expects, PASS when all are as expected; ABORTED while runs are missing. */
  state: VerdictState;
}

export interface SuiteVerdict {
  schema: typeof SUITE_SCHEMA;
  suite: string;
  title: string;
  region: string;
  body: 'compose' | 'embedded';
  /** Wall clock. */
  atMs: number;
  /** The worst of those that decide. */
  verdict: VerdictState;
  reasons: string[];
  /** Share of the runs that were as expected, by weight, 0..1: beside the verdict, never instead of it. */
  score: number;
  members: SuiteMemberResult[];
  /** What this region cannot run, with the reason. */
  leftOut: { experiment: string; reason: string }[];
  replay: string;
}
