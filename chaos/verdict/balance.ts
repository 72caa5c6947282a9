/**
 * Decides when the AZs share the orders evenly again: the first moment at which the last 900 answered orders
 * make three windows of 300 in a row in which every AZ took 28–39 %. Guards against calling a region whole
 * that would lose half of its traffic with the next AZ. With even odds a window of 300 strays by 2.7 points
 * (one sigma), so the band is about two sigma wide on either side; windows slide by one order.
 */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';

const WINDOW = 300;
const WINDOWS = 3;
export const SHARE_MIN = 0.28;
export const SHARE_MAX = 0.39;

/** Intended time of the order that completed the third window; null if that did not happen. `orders` by intended time. */
export function balancedAtMs(orders: readonly CustomerRecord[], fromMs: number): number | null {
  const answered = orders.filter((record) => record.intendedMs >= fromMs && isAnswered(record));
  const upTo = AVAILABILITY_ZONES.map((az) => runningCount(answered, az));
  /** Whether the window that ends before order `end` is even. */
  const even = (end: number): boolean =>
    upTo.every((count) => {
      const share = ((count[end] as number) - (count[end - WINDOW] as number)) / WINDOW;
      return share >= SHARE_MIN && share <= SHARE_MAX;
    });
  for (let end = WINDOW * WINDOWS; end <= answered.length; end += 1) {
    if (even(end) && even(end - WINDOW) && even(end - 2 * WINDOW)) return (answered[end - 1] as CustomerRecord).intendedMs;
  }
  return null;
}

/** How many of the first n orders an AZ took, for every n. */
function runningCount(orders: readonly CustomerRecord[], az: string): number[] {
  const counts = [0];
  for (const record of orders) counts.push((counts.at(-1) as number) + (record.az === az ? 1 : 0));
  return counts;
}
