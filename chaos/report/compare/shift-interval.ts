/**
 * By how much the runs of one side lie above those of the other, when there are several a side: a figure for each run, no
 * assumption on how they scatter. The shift is the median of all pairwise differences, its interval the differences that
 * Mann and Whitney's test does not reject. With too few runs there is no such interval, whatever they show.
 *
 * Reference: Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3rd ed., 4.2 and 4.3.
 */
import { CONFIDENCE, type Interval } from './interval.ts';

/** Whether there are runs enough for an interval: five a side are, four are not. */
export function carriesShift(before: number, after: number): boolean {
  return criticalRank(before, after) !== null;
}

/** `after` above `before`; null for too few. Ties make it wider, never narrower. */
export function shiftInterval(before: readonly number[], after: readonly number[]): Interval | null {
  const rank = criticalRank(before.length, after.length);
  if (rank === null) return null;
  const differences = after.flatMap((late) => before.map((early) => late - early)).sort((one, other) => one - other);
  const at = (index: number): number => differences[index] ?? Number.NaN;
  const middle = differences.length / 2;
  return { estimate: (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2, low: at(rank), high: at(differences.length - 1 - rank) };
}

/** The largest u for which U ≤ u has at most half of what confidence leaves; null when even U = 0 has more. */
function criticalRank(before: number, after: number): number | null {
  if (before === 0 || after === 0) return null;
  const ways = waysByU(before, after);
  const all = ways.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  let rank: number | null = null;
  for (const [u, count] of ways.entries()) {
    sum += count;
    if (sum / all > (1 - CONFIDENCE) / 2) break;
    rank = u;
  }
  return rank;
}

/** In how many orders of both sides together each value of Mann and Whitney's U comes about: the Gaussian binomial's coefficients. */
function waysByU(before: number, after: number): number[] {
  let ways = [1];
  for (let item = 1; item <= after; item += 1) {
    ways = dividedBy(times(ways, before + item), item);
  }
  return ways;
}

/** Times (1 − x^power). */
function times(ways: readonly number[], power: number): number[] {
  return Array.from({ length: ways.length + power }, (_, at) => (ways[at] ?? 0) - (ways[at - power] ?? 0));
}

/** By (1 − x^power), without a rest. */
function dividedBy(ways: readonly number[], power: number): number[] {
  const quotient: number[] = [];
  for (let at = 0; at < ways.length - power; at += 1) quotient.push((ways[at] ?? 0) + (quotient[at - power] ?? 0));
  return quotient;
}
