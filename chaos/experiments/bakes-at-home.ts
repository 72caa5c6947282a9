/**
 * Decides whether an AZ bakes its own orders again after its kitchens were given back. Guards against the next run
 * that begins while they are still let in slowly: it would measure an AZ that leans on the other two. The AZs'
 * shares of the orders tell nothing here, since storefronts took theirs all along.
 */
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';

const ORDERS = 100;
/** At peak zone affinity sends a few away at any time. */
const SHARE_MIN = 0.8;

/** Of the last orders that the AZ answered since `fromMs`; false while there are too few. `records` in the order in which they settled. */
export function bakesAtHome(records: readonly CustomerRecord[], az: string, fromMs: number): boolean {
  const last = records.filter((record) => record.kind === 'order' && record.intendedMs >= fromMs && record.az === az && isAnswered(record)).slice(-ORDERS);
  return last.length === ORDERS && last.filter(({ bakedIn }) => bakedIn === az).length >= SHARE_MIN * ORDERS;
}
