/** What runs of the shipped experiments came to, against what their documents expect: a line for each, and the whole. */
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';

export interface Turn {
  /** From 0 on. */
  round: number;
  document: ExperimentDocument;
  az: AvailabilityZone;
}

export interface Outcome {
  experiment: string;
  az: AvailabilityZone;
  seed: number;
  expected: VerdictState;
  verdict: VerdictState;
  /** As its document expects, and for the reason that it is to be so. */
  asExpected: boolean;
  ordersFailed: number | null;
  addedLatencyMsMax: number | null;
  hostCpuMax: number | null;
  /** From the verdict until the report of all formats was fetched, milliseconds; null without one. */
  reportMs: number | null;
  /** From the trip of a guardrail; null where none tripped, or nothing was to be healed. */
  brake: Brake | null;
  reasons: string[];
}

/** Milliseconds. */
export interface Brake {
  /** Until every inverse was acknowledged. */
  acknowledgedMs: number;
  /** Until everything ran again: what is dead starts a few at a time. */
  wholeMs: number;
}

/** All formats of a report after the verdict, and every inverse acknowledged after a guardrail tripped. */
const REPORT_MS_MAX = 2000;
const BRAKE_MS_MAX = 2000;

/** It ended otherwise than it must, or too late. */
export function isMiss({ asExpected, reportMs, brake }: Outcome): boolean {
  return !asExpected || (reportMs ?? 0) > REPORT_MS_MAX || (brake?.acknowledgedMs ?? 0) > BRAKE_MS_MAX;
}

export interface ExperimentSummary {
  experiment: string;
  expected: VerdictState;
  runs: number;
  asExpected: number;
  /** Of the others, how often each. */
  otherwise: Partial<Record<VerdictState, number>>;
}

/** One of each before the second of any, each time on the document's next AZ. */
export function turns(documents: readonly ExperimentDocument[], times: number): Turn[] {
  return Array.from({ length: times }, (_, round) => documents.map((document) => ({ round, document, az: document.azs[round % document.azs.length] as AvailabilityZone }))).flat();
}

export function summariesOf(outcomes: readonly Outcome[]): ExperimentSummary[] {
  return [...new Set(outcomes.map(({ experiment }) => experiment))].map((experiment) => {
    const own = outcomes.filter((one) => one.experiment === experiment);
    const otherwise: ExperimentSummary['otherwise'] = {};
    for (const { verdict } of own.filter(({ asExpected }) => !asExpected)) otherwise[verdict] = (otherwise[verdict] ?? 0) + 1;
    return { experiment, expected: (own[0] as Outcome).expected, runs: own.length, asExpected: own.filter(({ asExpected }) => asExpected).length, otherwise };
  });
}

/** @param number of the run, from 1 on */
export function outcomeLine(number: number, outcome: Outcome): string {
  const { experiment, az, expected, verdict, asExpected, ordersFailed, addedLatencyMsMax, hostCpuMax, reportMs, brake, reasons } = outcome;
  const figures = [
    `${ordersFailed ?? '?'} failed`, `added ${addedLatencyMsMax === null ? '?' : Math.round(addedLatencyMsMax)} ms`,
    `host ${hostCpuMax === null ? '?' : Math.round(hostCpuMax * 100)} %`, ...(reportMs === null ? [] : [`report ${seconds(reportMs)}`]),
    ...(brake === null ? [] : [`${seconds(brake.acknowledgedMs)} from the guardrail's trip until every inverse was acknowledged, ${seconds(brake.wholeMs)} until everything ran`]),
  ].join(', ');
  const why = asExpected ? '' : ` ${reasons.join(' ')}`;
  const late = asExpected && isMiss(outcome) ? ` LATE: a report has ${seconds(REPORT_MS_MAX)}, a brake ${seconds(BRAKE_MS_MAX)}.` : '';
  return `${String(number).padStart(3)}  ${experiment} ${az}: ${verdict}${asExpected ? '' : `, and not ${expected} as expected`}; ${figures}.${why}${late}`;
}

/** Until the last of them was; null where no guardrail tripped, or nothing was healed whole after it. */
export function brakeOf(journal: readonly JournalEvent[]): Brake | null {
  const tripped = journal.find((event) => event.type === 'guardrail.tripped');
  if (tripped === undefined) return null;
  const healed = journal
    .filter((event) => event.type === 'fault.healed' || event.type === 'given.healed')
    .filter(({ atMs, remains }) => atMs >= tripped.atMs && remains.length === 0);
  if (healed.length === 0) return null;
  return {
    acknowledgedMs: Math.max(...healed.map(({ acknowledgedMs }) => acknowledgedMs)) - tripped.atMs,
    wholeMs: Math.max(...healed.map(({ atMs }) => atMs)) - tripped.atMs,
  };
}

export function summaryText(summaries: readonly ExperimentSummary[]): string {
  const width = Math.max(0, ...summaries.map(({ experiment }) => experiment.length));
  return summaries
    .map(({ experiment, expected, runs, asExpected, otherwise }) => {
      const others = Object.entries(otherwise).map(([state, count]) => `${count} ${state}`);
      return `${experiment.padEnd(width)}  ${asExpected} of ${runs} ${expected}${others.length === 0 ? '' : `; ${others.join(', ')}`}`;
    })
    .join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
