/**
 * Compares two sides, each one or several runs of the same experiment, figure by figure: the difference, the noise that
 * it has to exceed, and whether it does. Guards against the regression that is none, and the improvement that was luck.
 *
 *   five runs a side or more   a figure per run; Hodges and Lehmann's shift, bounds of Mann and Whitney's test
 *   fewer                      seconds of all runs of a side, for what can be told from them; bounds by MOVER.
 *                              What varies from run to run is not in these bounds, and what happens once in a run
 *                              is not told at all.
 *
 * A difference exceeds the noise when its interval, of 99 % each, holds no zero. Figures are many: how many of them cross
 * their bound by chance alone is said beside them.
 */
import type { VerdictState } from '#contracts/exit-codes.ts';
import { FIGURES, figureOf, type ComparedRun, type Figure } from './figures.ts';
import { CONFIDENCE, differenceOf, shareInterval, type Interval } from './interval.ts';
import { quantileInterval } from './quantile-interval.ts';
import { carriesShift, shiftInterval } from './shift-interval.ts';

export const COMPARISON_SCHEMA = 'azimuth.comparison/1';

export type Outcome = 'worse' | 'better' | 'within noise' | 'cannot tell';

export interface FigureComparison {
  figure: string;
  unit: Figure['unit'];
  /** Of all runs of a side together, or the median of theirs; null where there is none. */
  before: number | null;
  after: number | null;
  difference: number | null;
  /** How far a difference is to be from zero to be one; null where nothing can be told. */
  noise: number | null;
  interval: { low: number; high: number } | null;
  outcome: Outcome;
  /** What the interval was taken from; null without one. */
  from: 'runs' | 'seconds' | null;
}

export interface AzComparison {
  az: string;
  verdicts: { before: VerdictState[]; after: VerdictState[] };
  figures: FigureComparison[];
}

export interface Comparison {
  schema: typeof COMPARISON_SCHEMA;
  experiment: string;
  confidence: number;
  /** Of the figures that have a bound, those that cross it by chance when nothing changed. */
  expectedByChance: number;
  azs: AzComparison[];
  /** What was left out, and what the bounds do not hold. */
  notes: string[];
}

/** An experiment on one side. */
export type Side = readonly ComparedRun[];

/** @param before @param after runs of the same experiment at the same rate */
export function compare(experiment: string, before: Side, after: Side): Comparison {
  const azs = [...new Set([...before, ...after].map(({ reported }) => reported.run.az))].sort();
  const notes: string[] = [];
  const compared = azs.flatMap((az) => {
    const all = { before: before.filter(({ reported }) => reported.run.az === az), after: after.filter(({ reported }) => reported.run.az === az) };
    const sound = { before: all.before.filter(isSound), after: all.after.filter(isSound) };
    const unsound = all.before.length + all.after.length - sound.before.length - sound.after.length;
    if (unsound > 0) notes.push(`${az}: ${unsound} of the runs are neither PASS nor FAIL; their figures carry no comparison.`);
    if (sound.before.length === 0 || sound.after.length === 0) {
      notes.push(`${az}: there is no run to compare ${sound.before.length === 0 ? 'before' : 'after'}.`);
      return [];
    }
    if (!carriesShift(sound.before.length, sound.after.length)) {
      notes.push(`${az}: ${sound.before.length} and ${sound.after.length} runs. The bounds hold what varies within a run; what varies from run to run takes five a side.`);
    }
    return [{ az, verdicts: { before: verdictsOf(all.before), after: verdictsOf(all.after) }, figures: FIGURES.map((figure) => compareFigure(figure, sound.before, sound.after)) }];
  });
  const bounded = compared.flatMap(({ figures }) => figures).filter(({ noise }) => noise !== null).length;
  return { schema: COMPARISON_SCHEMA, experiment, confidence: CONFIDENCE, expectedByChance: bounded * (1 - CONFIDENCE), azs: compared, notes };
}

/** The measurement of the others is what is in doubt. */
function isSound({ reported: { run } }: ComparedRun): boolean {
  return run.verdict === 'PASS' || run.verdict === 'FAIL';
}

function verdictsOf(side: Side): VerdictState[] {
  return side.map(({ reported }) => reported.run.verdict);
}

function compareFigure(figure: Figure, before: Side, after: Side): FigureComparison {
  const values = { before: valuesOf(figure, before), after: valuesOf(figure, after) };
  const isComplete = values.before.length === before.length && values.after.length === after.length;
  const told = { figure: figure.name, unit: figure.unit, before: median(values.before), after: median(values.after) };
  if (isComplete && carriesShift(before.length, after.length)) {
    return { ...told, ...bounded(shiftInterval(values.before, values.after), 'runs') };
  }
  const intervals = { before: withinRuns(figure, before), after: withinRuns(figure, after) };
  if (intervals.before === null || intervals.after === null) {
    const difference = told.before === null || told.after === null ? null : told.after - told.before;
    return { ...told, difference, noise: null, interval: null, outcome: 'cannot tell', from: null };
  }
  return { ...told, before: intervals.before.estimate, after: intervals.after.estimate, ...bounded(differenceOf(intervals.before, intervals.after), 'seconds') };
}

function valuesOf(figure: Figure, side: Side): number[] {
  return side.flatMap((run) => figureOf(figure, run) ?? []);
}

/** From the seconds of all runs of a side; null for what happens once in a run. */
function withinRuns(figure: Figure, side: Side): Interval | null {
  switch (figure.kind) {
    case 'seconds': {
      const counts = side.flatMap(({ reported }) => figure.counts(reported));
      return shareInterval(counts.filter((count) => count > 0).length, counts.length);
    }
    case 'quantile':
      return quantileInterval(side.flatMap(({ latencies }) => latencies[figure.window]), figure.q);
    case 'once':
      return null;
  }
}

function bounded(interval: Interval | null, from: 'runs' | 'seconds'): Pick<FigureComparison, 'difference' | 'noise' | 'interval' | 'outcome' | 'from'> {
  if (interval === null) return { difference: null, noise: null, interval: null, outcome: 'cannot tell', from: null };
  const { estimate, low, high } = interval;
  const outcome = low > 0 ? 'worse' : high < 0 ? 'better' : 'within noise';
  return { difference: estimate, noise: estimate < 0 ? high - estimate : estimate - low, interval: { low, high }, outcome, from };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}
