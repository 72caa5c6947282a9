/**
 * Counts the orders that a fault hit: none means that the run proves nothing. Guards against the fault that hits
 * something else than its AZ's own answers. What the ways of an AZ lose may be asked *by* that AZ, a cut hurts
 * whichever end asked, and a slow way fails nothing while it makes orders wait.
 *
 *   hit = failed, or sent again because of an AZ under fault, or kept waiting by a slowed way
 */
import { isLinkVerb } from '#contracts/faults.ts';
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { latencyMs } from './order-windows.ts';
import type { RunFacts } from './run-facts.ts';

/** @param faultOrders of the fault window */
export function touchedBy(faultOrders: readonly CustomerRecord[], { az, stated }: Pick<RunFacts, 'az' | 'stated'>): number {
  return faultOrders.filter((record) => !isAnswered(record) || isResent(record, az, stated) || isDelayed(record, az, stated)).length;
}

function isResent({ retried, az: answeredIn }: CustomerRecord, az: string, { verb, peer }: RunFacts['stated']): boolean {
  if (retried === null) return false;
  if (retried === az || (peer !== undefined && retried === peer)) return true;
  // The AZ stayed in use and asked elsewhere over one of its ways.
  return isLinkVerb(verb) && verb !== 'cut' && answeredIn === az;
}

/** The delay on the way in, less what jitter can take off it, which half of a delay outlives more often than not: else every order would have waited; the order's own oven time is none. */
function isDelayed(record: CustomerRecord, az: string, { latencyMs: delayMs, jitterMs = 0 }: RunFacts['stated']): boolean {
  if (delayMs === undefined || record.az !== az) return false;
  return latencyMs(record) - (record.bakeMs ?? 0) >= Math.max(delayMs - jitterMs, delayMs / 2);
}
