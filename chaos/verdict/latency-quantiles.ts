/**
 * Quantiles by nearest rank (the smallest value that at least a share q of all values does not exceed), so
 * that every figure is a latency that a customer really had. And what a fault added to the slowest order,
 * with each order's own oven time taken off: a lognormal bake has a tail that would drown the fault.
 *
 *   added = max over the fault window (latency − bake)  −  p99.9 over the baseline (latency − bake)
 */
import type { LatencyQuantiles } from '#contracts/verdict.ts';
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { latencyMs } from './order-windows.ts';

/** `sorted` ascending, 0 < q ≤ 1; null for none. */
export function quantile(sorted: readonly number[], q: number): number | null {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}

/** Latencies of answered orders, milliseconds; null when none was answered. */
export function latencyQuantiles(orders: readonly CustomerRecord[]): LatencyQuantiles | null {
  const sorted = ascending(orders.filter(isAnswered).map(latencyMs));
  const at = (q: number): number => quantile(sorted, q) ?? Number.NaN;
  return sorted.length === 0 ? null : { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** Milliseconds, negative when even the slowest was faster; null when either side has no answered order. */
export function addedLatencyMsMax(baseline: readonly CustomerRecord[], fault: readonly CustomerRecord[]): number | null {
  // Without an oven time a baseline order says nothing; in the fault window all of its latency counts.
  const before = quantile(ascending(baseline.filter((record) => isAnswered(record) && record.bakeMs !== null).map(lessBake)), 0.999);
  const slowest = quantile(ascending(fault.filter(isAnswered).map(lessBake)), 1);
  return before === null || slowest === null ? null : slowest - before;
}

function lessBake(record: CustomerRecord): number {
  return latencyMs(record) - (record.bakeMs ?? 0);
}

function ascending(values: number[]): number[] {
  return values.sort((one, other) => one - other);
}
