/**
 * The figures that two sides are compared by, and what of each can be told from how many runs. What happens once in a run
 * (when orders had moved, when the AZs were balanced) is one observation however many orders there were: one run a side
 * carries no difference of it. What customers saw all along can be told from the seconds of a single run.
 */
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { isReadable } from '#chaos/verdict/evidence.ts';
import { quantile } from '#chaos/verdict/latency-quantiles.ts';
import { latencyMs, sortIntoWindows } from '#chaos/verdict/order-windows.ts';
import type { Evidence, ReportedRun } from '../report.ts';
import { healingSinceFault } from '../run-tables.ts';
import { timeDecomposition, tookMs, type Step } from '../time-decomposition.ts';

type Window = 'before' | 'during' | 'after';

/** One run with the latencies of its answered orders, by the window and the second in which they were intended. */
export interface ComparedRun {
  reported: ReportedRun;
  latencies: Readonly<Record<Window, number[][]>>;
}

/** More is worse of every figure. */
export type Figure = { name: string; unit: 'ms' | 'share' | 'attempts' | 'orders' } & (
  /** Seconds in which some of what was offered came to nothing, of all seconds. */
  | { kind: 'seconds'; counts: (run: ReportedRun) => readonly number[] }
  | { kind: 'quantile'; window: Window; q: number }
  | { kind: 'once'; of: (run: ReportedRun) => number | null }
);

export function comparedRun(reported: ReportedRun, { records, document }: Evidence): ComparedRun {
  const windows = sortIntoWindows(records.filter(isReadable), reported.facts, document.arm);
  const split = (orders: readonly CustomerRecord[]): number[][] => bySecond(orders, reported.series.zeroMs);
  return { reported, latencies: { before: split(windows.baseline), during: split(windows.fault), after: split(windows.after) } };
}

function bySecond(orders: readonly CustomerRecord[], zeroMs: number): number[][] {
  const seconds = new Map<number, number[]>();
  for (const record of orders) {
    if (!isAnswered(record)) continue;
    const second = Math.floor((record.intendedMs - zeroMs) / 1000);
    const there = seconds.get(second);
    if (there === undefined) seconds.set(second, [latencyMs(record)]);
    else there.push(latencyMs(record));
  }
  return [...seconds.values()];
}

const seconds = (name: string, counts: (run: ReportedRun) => readonly number[]): Figure => ({ name, unit: 'share', kind: 'seconds', counts });
const latency = (window: Window, q: number): Figure => ({ name: `p${q * 100} ${window}`, unit: 'ms', kind: 'quantile', window, q });
const once = (name: string, unit: Figure['unit'], of: (run: ReportedRun) => number | null): Figure => ({ name, unit, kind: 'once', of });
const step = (wanted: Step['name'], name: string): Figure => once(name, 'ms', (one) => stepTime(one, wanted));

/** In the order in which they are shown. */
export const FIGURES: readonly Figure[] = [
  seconds('seconds with failed orders', ({ series }) => series.total.failed),
  seconds('seconds with failed menu reads', ({ series }) => series.menusFailed),
  seconds('seconds with late orders', ({ series }) => series.total.late),
  ...(['before', 'during', 'after'] as const).flatMap((window) => [latency(window, 0.5), latency(window, 0.99)]),
  once('added to the slowest order', 'ms', ({ run }) => run.addedLatencyMsMax),
  once('attempts per request', 'attempts', ({ run }) => run.attemptsPerRequest),
  once('orders baked twice', 'orders', ({ run }) => run.requests.bakedTwice),
  step('detect', 'detected after'), step('eject', 'ejected after that'), step('move', 'moved after'), step('steady', 'steady after'),
  step('restore', 'restored after'), step('readmit', 'readmitted after that'), step('balance', 'balanced after that'),
];

function stepTime({ run, facts }: ReportedRun, wanted: Step['name']): number | null {
  const { leaving, returning } = timeDecomposition(run.timelineMs, healingSinceFault(facts));
  const found = [...leaving, ...returning].find(({ name }) => name === wanted);
  return found === undefined ? null : tookMs(found);
}

/** The figure of one run, by itself; null where it has none. */
export function figureOf(figure: Figure, { reported, latencies }: ComparedRun): number | null {
  switch (figure.kind) {
    case 'seconds': {
      const counts = figure.counts(reported);
      return counts.length === 0 ? null : counts.filter((count) => count > 0).length / counts.length;
    }
    case 'quantile':
      return quantile(latencies[figure.window].flat().sort((one, other) => one - other), figure.q);
    case 'once':
      return figure.of(reported);
  }
}
