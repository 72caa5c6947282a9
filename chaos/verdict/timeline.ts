/**
 * When customers and balancers noticed a fault, and when they had put it behind them. All of it comes from
 * outside the fault: customers' records and balancers' events, because nothing tells the region of it, so
 * that a `kill -9` by hand gives the same figures. What did not happen is null.
 */
import type { StampedEvent } from '#contracts/events.ts';
import { isLinkVerb } from '#contracts/faults.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import { LATE_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { Timeline } from '#contracts/verdict.ts';
import { balancedAtMs } from './balance.ts';
import { firstAttemptAz, latencyMs, type OrderWindows } from './order-windows.ts';
import { allOf, type Interval, type RunFacts } from './run-facts.ts';

type TargetEvent = Extract<StampedEvent, { type: 'target.probe-failed' | 'target.ejected' | 'target.returned' }>;

/** An AZ that still took first attempts this shortly before the end of the fault was never left. */
const STILL_GOING_MS = 1000;

export function timeline(facts: RunFacts, windows: OrderWindows, journal: readonly JournalEvent[], arm: CustomerRecord['arm']): Timeline {
  const { faultMs, healingMs, restoredMs, faultWindow } = facts;
  if (faultMs === null) return { ...NOTHING };
  const since = (atMs: number | null): number | null => (atMs === null ? null : atMs - faultMs);
  if (faultWindow === null) return { ...NOTHING, restored: since(restoredMs) };
  const changes = allOf(journal, 'balancer.changed').sort((one, other) => one.event.atMs - other.event.atMs);
  const said = (type: TargetEvent['type'], fromMs: number, toMs: number): TargetEvent[] => changes.flatMap(({ az, event }) =>
    event.type === type && event.atMs >= fromMs && event.atMs < toMs && isAbout(facts, az, event) ? [event] : [],
  );
  const failures = [...windows.orders, ...windows.menus]
    .filter((record) => !isAnswered(record) && record.intendedMs + latencyMs(record) > faultMs)
    .map((record) => Math.max(faultMs, record.intendedMs));
  const [failedCheck] = said('target.probe-failed', faultMs, faultWindow.toMs);
  const balanced = restoredMs === null ? null : balancedAtMs(windows.after, restoredMs);
  return {
    fault: 0,
    firstCustomerError: since(failures.length === 0 ? null : least(failures)),
    firstFailedCheck: since(failedCheck?.atMs ?? null),
    ejected: since(agreedAtMs(said('target.ejected', faultMs, faultWindow.toMs))),
    // Bare customers choose a storefront once and for all orders alike: they move nowhere.
    moved: facts.wholeAz && arm === 'balanced' ? movedMs(windows.orders, facts.az, faultWindow) : null,
    lastCustomerError: since(failures.length === 0 ? null : greatest(failures)),
    steady: steadyMs(windows.fault, faultWindow),
    restored: since(restoredMs),
    readmitted: healingMs === null ? null : since(agreedAtMs(said('target.returned', healingMs, facts.measured?.toMs ?? Infinity))),
    balanced: since(balanced),
  };
}

const NOTHING: Timeline = {
  fault: 0, firstCustomerError: null, firstFailedCheck: null, ejected: null, moved: null,
  lastCustomerError: null, steady: null, restored: null, readmitted: null, balanced: null,
};

/**
 * Whether a balancer's word on a target is a word on the fault, from outside of it. What stands in the AZ does not
 * judge its own; of a cut, each end judges the other, over the way that is cut.
 */
function isAbout({ stated, members }: RunFacts, balancerAz: string | null, event: TargetEvent): boolean {
  const { verb, target, peer, oneWay } = stated;
  if (!isLinkVerb(verb)) return members.has(event.target) && !members.has(event.balancer);
  if (peer === undefined) return event.zone === target && balancerAz !== target;
  return (event.zone === peer && balancerAz === target) || (oneWay !== true && event.zone === target && balancerAz === peer);
}

/** When the balancers had changed their mind: the front door's word on an AZ's load balancer, else the last balancer's first one. */
function agreedAtMs(events: readonly TargetEvent[]): number | null {
  const firstByBalancer = new Map<string, TargetEvent>();
  for (const event of events) if (!firstByBalancer.has(event.balancer)) firstByBalancer.set(event.balancer, event);
  const firsts = [...firstByBalancer.values()];
  const frontDoor = firsts.find((event) => event.upstream === 'load-balancer');
  if (frontDoor !== undefined) return frontDoor.atMs;
  return firsts.length === 0 ? null : greatest(firsts.map((event) => event.atMs));
}

/** Milliseconds after the fault, 0 when the last first attempt preceded it; null if orders never left the AZ or never went there. */
function movedMs(orders: readonly CustomerRecord[], az: string, fault: Interval): number | null {
  const sent = orders
    .filter((record) => record.sentMs < fault.toMs && firstAttemptAz(record) === az)
    .map((record) => record.sentMs);
  if (sent.length === 0) return null;
  const last = greatest(sent);
  return last > fault.toMs - STILL_GOING_MS ? null : Math.max(0, last - fault.fromMs);
}

function steadyMs(faultOrders: readonly CustomerRecord[], fault: Interval): number | null {
  const bad = faultOrders.filter((record) => latencyMs(record) > LATE_MS || !isAnswered(record));
  const lastBad = bad.length === 0 ? -Infinity : greatest(bad.map((record) => record.intendedMs));
  const seconds = lastBad < fault.fromMs ? 0 : Math.floor((lastBad - fault.fromMs) / 1000) + 1;
  return fault.fromMs + (seconds + 1) * 1000 <= fault.toMs ? seconds * 1000 : null;
}

// Spreading thousands of values into Math.max overflows the stack.
function greatest(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), -Infinity);
}

function least(values: readonly number[]): number {
  return values.reduce((one, other) => Math.min(one, other), Infinity);
}
