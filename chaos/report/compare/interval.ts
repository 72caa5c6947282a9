/**
 * What a figure may be, given how little was measured, and what two of them may differ by. An interval that holds zero
 * is no difference: it is what two runs of the same thing would show, too.
 *
 *   MOVER: difference interval from the intervals of both sides (Zou and Donner, Statistics in Medicine 27, 2008)
 *   low  = d − √((after − low after)² + (high before − before)²)        high likewise with the other ends
 */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** Share of intervals that hold the true value. One in a hundred figures that did not change crosses its bound. */
export const CONFIDENCE = 0.99;
/** Normal quantile of (1 + {@link CONFIDENCE}) / 2. */
const Z = 2.575829;

/** `after` minus `before`, of independent samples. */
export function differenceOf(before: Interval, after: Interval): Interval {
  const estimate = after.estimate - before.estimate;
  return {
    estimate,
    low: estimate - Math.hypot(after.estimate - after.low, before.high - before.estimate),
    high: estimate + Math.hypot(after.high - after.estimate, before.estimate - before.low),
  };
}

/**
 * Share of `total` in which something happened, by Wilson's score interval: unlike the usual one it has a width for none
 * of 60 too. Wilson, Journal of the American Statistical Association 22, 1927; with MOVER it is Newcombe's method 10.
 * Null for a total of 0.
 */
export function shareInterval(hits: number, total: number): Interval | null {
  if (total === 0) return null;
  const share = hits / total;
  const centre = (share + Z ** 2 / (2 * total)) / (1 + Z ** 2 / total);
  const half = (Z / (1 + Z ** 2 / total)) * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  return { estimate: share, low: hits === 0 ? 0 : centre - half, high: hits === total ? 1 : centre + half };
}

/** Student's t of the same confidence, by the expansion of Abramowitz and Stegun 26.7.5; within 0.6 % from five degrees of freedom on. */
export function studentT(degrees: number): number {
  const terms = [
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
  ];
  return terms.reduce((sum, term, at) => sum + term / degrees ** (at + 1), Z);
}
