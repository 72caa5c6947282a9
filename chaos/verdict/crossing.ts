/**
 * How much went over the way under fault before it was broken: orders of the AZ under test that its peer baked.
 * Guards against a cut that passes because zone affinity kept everybody at home.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { RunFacts } from './run-facts.ts';
import { peerOf } from './stated-fault.ts';

/** Orders per second of the baseline; null where the document names no such way or there was no baseline. */
export function crossingOrdersPerSecond(
  baselineOrders: readonly CustomerRecord[], { az, stated, baseline }: Pick<RunFacts, 'az' | 'stated' | 'baseline'>, document: ExperimentDocument,
): number | null {
  if (document.crossingOrdersPerSecondMin === null || baseline === null) return null;
  const peer = stated.peer ?? peerOf(az);
  const crossed = baselineOrders.filter((record) => isAnswered(record) && record.az === az && record.bakedIn === peer).length;
  return crossed / ((baseline.toMs - baseline.fromMs) / 1000);
}
