/**
 * Who holds what is broken, and until when. It guards against the fault that outlives its author: every
 * fault has a lease, and what nobody renews is healed. It also guards against two faults on one component,
 * of which the first one's healing would end the second.
 *
 * States of a fault: `asked → active → healing → (gone)`. A heal that leaves something is tried again.
 * `kill` and `freeze` hold their members, `shift` holds its zone: an AZ can be shifted away and then killed.
 * A fault on links holds its ways against its own verb alone: a way can be slow and flaky and then cut, and
 * ends as a whole, because each verb leaves marks of its own on a way.
 *
 * Reference: AWS ARC zonal shift, where every shift carries an expiry and one holds a resource at a time.
 */
import { isLinkVerb, type FaultDetail, type FaultVerb } from '#contracts/faults.ts';

/** A heal that left something is tried again after this long. */
export const HEAL_RETRY_MS = 2000;

/** Times are milliseconds of one monotonic clock, so that a clock that is set cannot stretch or end a lease. */
export interface LeasedFault {
  id: string;
  verb: FaultVerb;
  target: string;
  detail: FaultDetail;
  /** AZ that a shift takes out of rotation; null for what breaks members. */
  zone: string | null;
  /** Endpoint names, or ways of links, that are still held. */
  members: string[];
  reason: string | null;
  leaseEndsMs: number;
  state: 'asked' | 'active' | 'healing';
  /** When a heal that left something is tried again; null while none is due. */
  retryMs: number | null;
}

export interface LeaseBook {
  faults: Map<string, LeasedFault>;
}

export type LeaseEvent =
  /** Somebody asks for a fault that lives `leaseMs` from now. */
  | { type: 'fault.asked'; fault: Omit<LeasedFault, 'leaseEndsMs' | 'state' | 'retryMs'>; leaseMs: number }
  /** The driver did it. */
  | { type: 'fault.applied'; id: string }
  /** The driver could not do it; what was done is undone by the caller. */
  | { type: 'fault.failed'; id: string }
  | { type: 'lease.renewed'; id: string; leaseMs: number }
  /** These run again, these zones are no longer shifted, of these faults no link knows any more. */
  | { type: 'heal.finished'; members: readonly string[]; zones: readonly string[]; offLinks: readonly string[] }
  /** A heal of this fault began; a renewal comes too late. */
  | { type: 'heal.begun'; id: string }
  /** Something of this fault could not be healed. */
  | { type: 'heal.failed'; id: string }
  | { type: 'tick' };

export type LeaseAction =
  /** Break it now. */
  | { type: 'apply'; id: string }
  /** Nothing is done: `by` holds `names` already. */
  | { type: 'refuse'; id: string; by: string; names: string[] }
  /** Nothing is done: no such fault, or its healing has begun. */
  | { type: 'refuse-renewal'; id: string }
  | { type: 'heal'; id: string; reason: 'lease-ended' | 'left-over' };

export function createLeaseBook(): LeaseBook {
  return { faults: new Map() };
}

/** Updates the book in place and says what to do. Never throws. */
export function stepLeases(book: LeaseBook, event: LeaseEvent, nowMs: number): LeaseAction[] {
  switch (event.type) {
    case 'fault.asked':
      return ask(book, event, nowMs);
    case 'fault.applied':
      return update(book, event.id, (fault) => {
        if (fault.state === 'asked') fault.state = 'active';
      });
    case 'fault.failed':
      book.faults.delete(event.id);
      return [];
    case 'lease.renewed': {
      const fault = book.faults.get(event.id);
      if (fault === undefined || fault.state === 'healing') return [{ type: 'refuse-renewal', id: event.id }];
      fault.leaseEndsMs = nowMs + event.leaseMs;
      return [];
    }
    case 'heal.begun':
      return update(book, event.id, (fault) => {
        fault.state = 'healing';
        fault.retryMs = null;
      });
    case 'heal.failed':
      return update(book, event.id, (fault) => {
        fault.state = 'healing';
        fault.retryMs = nowMs + HEAL_RETRY_MS;
      });
    case 'heal.finished':
      release(book, event);
      return [];
    case 'tick':
      return due(book, nowMs);
  }
}

/** When the next `tick` is due; Infinity for never. */
export function leasesWakeAtMs(book: LeaseBook): number {
  let wakeAtMs = Infinity;
  for (const fault of book.faults.values()) wakeAtMs = Math.min(wakeAtMs, dueAtMs(fault));
  return wakeAtMs;
}

function ask(book: LeaseBook, { fault, leaseMs }: Extract<LeaseEvent, { type: 'fault.asked' }>, nowMs: number): LeaseAction[] {
  for (const other of book.faults.values()) {
    const names = clash(fault, other);
    if (names.length > 0) return [{ type: 'refuse', id: fault.id, by: other.id, names }];
  }
  book.faults.set(fault.id, { ...fault, members: [...fault.members], leaseEndsMs: nowMs + leaseMs, state: 'asked', retryMs: null });
  return [{ type: 'apply', id: fault.id }];
}

/** What both would hold. */
function clash(fault: Pick<LeasedFault, 'verb' | 'zone' | 'members'>, other: LeasedFault): string[] {
  if (isLinkVerb(fault.verb) && fault.verb !== other.verb) return [];
  if (fault.zone !== null || other.zone !== null) return fault.zone !== null && fault.zone === other.zone ? [fault.zone] : [];
  return fault.members.filter((name) => other.members.includes(name));
}

function release(book: LeaseBook, { members, zones, offLinks }: Extract<LeaseEvent, { type: 'heal.finished' }>): void {
  for (const fault of book.faults.values()) {
    if (isLinkVerb(fault.verb)) {
      if (offLinks.includes(fault.id)) book.faults.delete(fault.id);
      continue;
    }
    if (fault.zone !== null) {
      if (zones.includes(fault.zone)) book.faults.delete(fault.id);
      continue;
    }
    fault.members = fault.members.filter((name) => !members.includes(name));
    if (fault.members.length === 0) book.faults.delete(fault.id);
  }
}

function due(book: LeaseBook, nowMs: number): LeaseAction[] {
  const actions: LeaseAction[] = [];
  for (const fault of book.faults.values()) {
    if (dueAtMs(fault) > nowMs) continue;
    actions.push({ type: 'heal', id: fault.id, reason: fault.state === 'healing' ? 'left-over' : 'lease-ended' });
    fault.state = 'healing';
    fault.retryMs = null;
  }
  return actions;
}

/** An `asked` fault is the driver's: it becomes due once it was applied. */
function dueAtMs(fault: LeasedFault): number {
  if (fault.state === 'asked') return Infinity;
  return fault.state === 'healing' ? (fault.retryMs ?? Infinity) : fault.leaseEndsMs;
}

function update(book: LeaseBook, id: string, change: (fault: LeasedFault) => void): [] {
  const fault = book.faults.get(id);
  if (fault !== undefined) change(fault);
  return [];
}
