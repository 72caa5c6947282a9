/**
 * A run as so many columns, of a second each or of several. Guards against the page that grows with the run until nobody can
 * open it: whatever is drawn is drawn once for each column. What hurts is shown at its worst of the column's seconds, so that
 * one failed order of an hour is still seen; what is offered, answered and shared out is a mean, so that a rate stays a rate.
 */
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';
import type { RunSeries, SliSeries } from '../series.ts';

/** Of all runs of a page together: about 500 bytes each. */
const COLUMNS_MAX = 1500;

type Figures = readonly (number | null)[];

/** How many seconds a column has. @param seconds of all runs of the page */
export function secondsEach(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / COLUMNS_MAX));
}

/** The same series with a column in the place of each `each` seconds; the last may have fewer. `seconds` are columns then, and may end within the last. */
export function inColumns(series: RunSeries, each: number): RunSeries {
  if (each === 1) return series;
  const worst = (figures: Figures): (number | null)[] => grouped(figures, each).map((some) => (some.length === 0 ? null : Math.max(...some)));
  const mean = (figures: Figures): (number | null)[] => grouped(figures, each).map((some) => (some.length === 0 ? null : some.reduce((sum, one) => sum + one, 0) / some.length));
  const counts = (figures: Figures): number[] => figures.map((figure) => figure ?? 0);
  const sli = ({ offered, answered, failed, late, p50Ms, p99Ms, maxMs }: SliSeries): SliSeries => ({
    offered: counts(mean(offered)), answered: counts(mean(answered)), failed: counts(worst(failed)), late: counts(worst(late)),
    p50Ms: mean(p50Ms), p99Ms: worst(p99Ms), maxMs: worst(maxMs),
  });
  const perAz = <T>(of: (az: AvailabilityZone) => T): Record<AvailabilityZone, T> => Object.fromEntries(AVAILABILITY_ZONES.map((az) => [az, of(az)])) as Record<AvailabilityZone, T>;
  return {
    zeroMs: series.zeroMs, firstS: series.firstS, seconds: series.seconds / each,
    total: sli(series.total), byAz: perAz((az) => sli(series.byAz[az])), shareByAz: perAz((az) => mean(series.shareByAz[az])),
    menusFailed: counts(worst(series.menusFailed)), cpuShare: worst(series.cpuShare), generatorLagMsP99: worst(series.generatorLagMsP99),
  };
}

/** What is known of each column. */
function grouped(figures: Figures, each: number): number[][] {
  return Array.from({ length: Math.ceil(figures.length / each) }, (_, at) => figures.slice(at * each, (at + 1) * each).filter((one) => one !== null));
}
