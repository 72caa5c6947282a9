/** Readings of the metrics that are about the orders of one stretch of time and nothing else. */
import type { SliMetric } from '#contracts/experiment-metrics.ts';
import { PATIENCE_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { latencyQuantiles } from './latency-quantiles.ts';
import type { LatencyQuantiles } from '#contracts/verdict.ts';
import { reading, type Reading } from './reading.ts';
import { THRESHOLDS } from './thresholds.ts';

const QUANTILES: Readonly<Record<Exclude<SliMetric, 'success' | 'failed_ratio'>, { of: keyof LatencyQuantiles; name: string; ordersMin: number }>> = {
  p50_ms: { of: 'p50', name: 'median', ordersMin: THRESHOLDS.windowOrdersMin },
  p99_ms: { of: 'p99', name: 'p99', ordersMin: THRESHOLDS.windowOrdersMin },
  p99_9_ms: { of: 'p999', name: 'p99.9', ordersMin: THRESHOLDS.tailOrdersMin },
  max_ms: { of: 'max', name: 'slowest order', ordersMin: 1 },
};

/** @param where such as ` of the fault`; empty for the whole run */
export function readSli(metric: SliMetric, orders: readonly CustomerRecord[], where: string): Reading {
  if (metric !== 'success' && metric !== 'failed_ratio') return readQuantile(metric, orders, where);
  const answered = orders.filter(isAnswered).length;
  const share = orders.length === 0 ? null : (metric === 'success' ? answered : orders.length - answered) / orders.length;
  const what = metric === 'success' ? `${answered} of ${orders.length} orders${where} were answered` : `${orders.length - answered} of ${orders.length} orders${where} failed`;
  return reading(share, orders.length, share === null ? `No order${where} was offered` : what, (bound) => `${bound} must`);
}

/** The count behind `failed_ratio`. */
export function readFailedOrders(orders: readonly CustomerRecord[], where: string): Reading {
  const failed = orders.filter((record) => !isAnswered(record)).length;
  if (orders.length === 0) return reading(null, 0, `No order${where} was offered`, (bound) => `${bound} may fail`);
  return reading(failed, orders.length, `${failed} of ${orders.length} orders${where} failed`, (bound) => `${bound} may`);
}

function readQuantile(metric: keyof typeof QUANTILES, orders: readonly CustomerRecord[], where: string): Reading {
  const { of, name, ordersMin } = QUANTILES[metric];
  const answered = orders.filter(isAnswered).length;
  const observed = latencyQuantiles(orders)?.[of] ?? null;
  const found = observed === null ? `No order${where} was answered` : `The ${name}${where} took ${Math.round(observed)} ms`;
  const thin = answered < ordersMin ? `${answered} answered orders${where} are too few for it; it takes ${ordersMin}.` : null;
  // Customers who were not answered waited all the same, every one of them to the end of patience.
  const waitedMs = orders.length >= ordersMin ? PATIENCE_MS : null;
  return reading(observed, answered, found, (bound) => `${bound} are allowed`, { thin, waitedMs });
}
