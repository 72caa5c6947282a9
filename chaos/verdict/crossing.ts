/**
 * How much went over the way under fault before it was broken: orders of the AZ under test that its peer baked.
 * Guards against a cut that passes because zone affinity kept everybody at home.
 */
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { RunFacts } from './run-facts.ts';

/** Orders per second of the baseline; null where the fault is on no such way or there was no baseline. */
export function crossingOrdersPerSecond(baselineOrders: readonly CustomerRecord[], { stated, baseline }: Pick<RunFacts, 'stated' | 'baseline'>): number | null {
  const { target, peer } = stated;
  if (peer === undefined || baseline === null) return null;
  const crossed = baselineOrders.filter((record) => isAnswered(record) && record.az === target && record.bakedIn === peer).length;
  return crossed / ((baseline.toMs - baseline.fromMs) / 1000);
}
