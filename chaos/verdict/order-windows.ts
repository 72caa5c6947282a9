/**
 * Sorts the customers' records into the windows of a run. Guards against two ways of flattering it: leaving
 * out the orders that were under way when the fault struck (they are hit hardest and were intended before
 * it), and counting records that no customer can have written.
 */
import { PATIENCE_MS, type CustomerRecord } from '#contracts/records.ts';
import type { Interval, RunFacts } from './run-facts.ts';

/** Of a run, or of what somebody did by hand. */
type Stretches = Pick<RunFacts, 'measured' | 'baseline' | 'faultMs' | 'faultWindow' | 'after'>;

export interface OrderWindows {
  /** Orders and menu reads of the measured stretch, by intended time. */
  orders: CustomerRecord[];
  menus: CustomerRecord[];
  /** Orders that were over before the fault. */
  baseline: CustomerRecord[];
  /** Orders under way when the fault struck, and those intended until healing began. */
  fault: CustomerRecord[];
  after: CustomerRecord[];
}

/** The AZ that an order was first sent to; null where nobody knows (it failed without an answer). */
export function firstAttemptAz(record: CustomerRecord): string | null {
  return record.retried ?? record.az;
}

export function latencyMs(record: CustomerRecord): number {
  return (record.answeredMs ?? record.intendedMs + PATIENCE_MS) - record.intendedMs;
}

export function sortIntoWindows(records: readonly CustomerRecord[], facts: Stretches, arm: CustomerRecord['arm']): OrderWindows {
  const measured = records.filter((record) => record.arm === arm && isIn(facts.measured, record));
  measured.sort((one, other) => one.intendedMs - other.intendedMs);
  const orders = measured.filter((record) => record.kind === 'order');
  const { faultMs } = facts;
  const underWay = (record: CustomerRecord): boolean =>
    faultMs !== null && record.intendedMs < faultMs && record.intendedMs + latencyMs(record) > faultMs;
  return {
    orders,
    menus: measured.filter((record) => record.kind === 'menu'),
    baseline: orders.filter((record) => isIn(facts.baseline, record) && !underWay(record)),
    fault: orders.filter((record) => isIn(facts.faultWindow, record) || underWay(record)),
    after: orders.filter((record) => isIn(facts.after, record)),
  };
}

function isIn(interval: Interval | null, record: CustomerRecord): boolean {
  return interval !== null && record.intendedMs >= interval.fromMs && record.intendedMs < interval.toMs;
}
