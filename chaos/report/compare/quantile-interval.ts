/**
 * Between which order statistics a quantile lies. Orders of one second share their fate (a queue, a busy host), so seconds
 * are drawn, not orders: the share of values up to the quantile varies from second to second, and that variation says
 * between which ranks the true one lies. Where orders are independent this is the textbook's binomial interval of ranks.
 *
 *   se² = max( k/(k−1) · Σ (hits − q·n)² / N²,  q(1−q)/N )     ranks N·(q ± t·se), rounded outwards
 *
 * Reference: Woodruff, "Confidence intervals for medians and other position measures", Journal of the American Statistical
 * Association 47, 1952.
 */
import { quantile } from '#chaos/verdict/latency-quantiles.ts';
import { studentT, type Interval } from './interval.ts';

/** With fewer seconds their variation is not known. */
const CLUSTERS_MIN = 6;

/** @param clusters values by second; null where the sample does not reach beyond the quantile on both sides */
export function quantileInterval(clusters: readonly (readonly number[])[], q: number): Interval | null {
  const filled = clusters.filter((values) => values.length > 0);
  const sorted = filled.flat().sort((one, other) => one - other);
  const estimate = quantile(sorted, q);
  if (estimate === null || filled.length < CLUSTERS_MIN) return null;
  const strays = filled.map((values) => values.filter((value) => value <= estimate).length - q * values.length);
  const between = ((filled.length / (filled.length - 1)) * strays.reduce((sum, stray) => sum + stray ** 2, 0)) / sorted.length ** 2;
  const error = Math.sqrt(Math.max(between, (q * (1 - q)) / sorted.length)) * studentT(filled.length - 1);
  const low = sorted[Math.floor(sorted.length * (q - error)) - 1];
  const high = sorted[Math.ceil(sorted.length * (q + error))];
  return low === undefined || high === undefined ? null : { estimate, low, high };
}
