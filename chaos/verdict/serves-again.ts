/**
 * When the AZ under test took orders again, by the customers' own records: what balancers say of an AZ is not what
 * customers get of it. Counted from the beginning of healing, so that an AZ which waits behind a link that dials into
 * the void is not excused by the time that healing itself took.
 *
 *   first intended time of an order after `healingMs` that the AZ answered - `healingMs`
 */
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { RunFacts } from './run-facts.ts';

/** @param after orders of the recovery; null where the AZ need not have been left, or answered none of them */
export function servesAgainMs(after: readonly CustomerRecord[], { az, wholeAz, healingMs }: Pick<RunFacts, 'az' | 'wholeAz' | 'healingMs'>): number | null {
  if (!wholeAz || healingMs === null) return null;
  const firstMs = after
    .filter((record) => record.intendedMs >= healingMs && record.az === az && isAnswered(record))
    .reduce((first, { intendedMs }) => Math.min(first, intendedMs), Infinity);
  return firstMs === Infinity ? null : firstMs - healingMs;
}
