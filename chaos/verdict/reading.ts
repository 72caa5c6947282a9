/**
 * What one metric came to in a run, before it is compared with anything, and what it is read from. A reading says in
 * words what was found, so that a broken bound can be understood without the code.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { VerdictRun } from '#contracts/verdict.ts';
import type { OrderWindows } from './order-windows.ts';
import type { RunFacts } from './run-facts.ts';

/** Figures of a run that metrics are about. */
export type Figures = Pick<VerdictRun, 'requests' | 'menu' | 'touched' | 'addedLatencyMsMax' | 'attemptsPerRequest' | 'crossingOrdersPerSecond' | 'servesAgainMs' | 'timelineMs'>;

export interface MeasuredRun {
  figures: Figures;
  facts: RunFacts;
  windows: OrderWindows;
  journal: readonly JournalEvent[];
  document: Pick<ExperimentDocument, 'arm'>;
}

export interface Reading {
  /** In the metric's unit; null for what did not happen, or could not be told. */
  observed: number | null;
  /** How many orders, menu reads or samples it was computed from. */
  samples: number;
  /** Without a full stop: `1 of 12000 orders failed`. */
  found: string;
  /** How the bound is said behind it: `at most 500 ms`, or its figure alone, `500 ms`. */
  must: (bound: string, figure: string) => string;
  /** With nothing observed: the run saw that it did not happen for this many milliseconds; null when nobody can tell. */
  waitedMs: number | null;
  /** Why it is not enough for a PASS, a sentence; null when it is. */
  thin: string | null;
}

/** A figure that was had in full. */
export function reading(observed: number | null, samples: number, found: string, must: Reading['must'], more: Partial<Reading> = {}): Reading {
  return { observed, samples, found, must, waitedMs: null, thin: null, ...more };
}
