/**
 * Who holds what is broken, and until when. It guards against the fault that outlives its author: every
 * fault has a lease, and what nobody renews is healed. It also guards against two faults on one component,
 * of which the first one's healing would end the second; two authors in one AZ are `holders.ts`.
 *
 * States of a fault: `asked → active → healing → (gone)`. A heal that leaves something is tried again.
 * `kill` and `freeze` hold their members, `shift` holds its zone: an AZ can be shifted away and then killed.
 * A fault on links holds its ways against its own verb alone: a way can be slow and flaky and then cut, and
 * ends as a whole, because each verb leaves marks of its own on a way. A fault in services holds them in the same manner,
 * against its own verb alone, and each of them is freed for itself.
 * A fault that somebody else ended is lost to its author, who is told by whom when it is renewed, also later.
 *
 * Reference: AWS ARC zonal shift, where every shift carries an expiry and one holds a resource at a time.
 */
import { isLinkVerb, isServiceVerb, type FaultDetail, type FaultVerb, type Holder } from '#contracts/faults.ts';
import { contend, type Author, type Claim } from './holders.ts';

/** A heal that left something is tried again after this long. */
export const HEAL_RETRY_MS = 2000;
/** So many of the lost are remembered, the newest; who lost an older one has been told long since. */
export const LOSSES_MAX = 100;

/** Times are milliseconds of one monotonic clock, so that a clock that is set cannot stretch or end a lease. */
export interface LeasedFault extends Claim {
  verb: FaultVerb;
  target: string;
  detail: FaultDetail;
  /** AZ that a shift takes out of rotation; null for what breaks members. */
  zone: string | null;
  /** Endpoint names, or ways of links, that are still held. */
  members: string[];
  reason: string | null;
  /** How long it lives from when the driver has done it, milliseconds; afterwards each renewal says for how long. */
  leaseMs: number;
  leaseEndsMs: number;
  state: 'asked' | 'active' | 'healing';
  /** When a heal that left something is tried again; null while none is due. */
  retryMs: number | null;
}

/** A fault as it is asked for. */
export type AskedFault = Omit<LeasedFault, 'leaseMs' | 'leaseEndsMs' | 'state' | 'retryMs'>;

/** Why a fault is no longer its author's. */
export type Loss =
  | ({ type: 'taken-over' } & Pick<LeasedFault, 'id' | 'verb' | 'target'> & Author)
  /** Every fault of its rank was ended. */
  | { type: 'evicted'; reason: string };

export interface LeaseBook {
  faults: Map<string, LeasedFault>;
  /** By the fault's id, oldest first. */
  losses: Map<string, Loss>;
}

export type LeaseEvent =
  /** Somebody asks for a fault that lives `leaseMs` from when the driver has done it. */
  | { type: 'fault.asked'; fault: AskedFault; leaseMs: number }
  /** The driver did it. */
  | { type: 'fault.applied'; id: string }
  /** Nothing was done of it. */
  | { type: 'fault.failed'; id: string }
  | { type: 'lease.renewed'; id: string; leaseMs: number }
  /** These run again, these zones are no longer shifted, of these faults no link knows any more, and of these these services. */
  | { type: 'heal.finished'; members: readonly string[]; zones: readonly string[]; offLinks: readonly string[]; freed?: readonly { id: string; members: readonly string[] }[] }
  /** A heal of this fault began; a renewal comes too late. */
  | { type: 'heal.begun'; id: string }
  /** Something of this fault could not be healed. */
  | { type: 'heal.failed'; id: string }
  /** Whoever is of this rank holds nothing any more. */
  | { type: 'holder.evicted'; holder: Holder; reason: string }
  | { type: 'tick' };

export type LeaseAction =
  /** Break it, once these are healed. */
  | { type: 'apply'; id: string; takesOver: string[] }
  /** Nothing is done: `by` holds `names` already, members or ways, or AZs where it is another author's. */
  | { type: 'refuse'; id: string; by: string; names: string[] }
  /** Nothing is done: no such fault, or its healing has begun. */
  | { type: 'refuse-renewal'; id: string; loss: Loss | null }
  | { type: 'heal'; id: string; reason: 'lease-ended' | 'left-over' | 'evicted' };

export function createLeaseBook(): LeaseBook {
  return { faults: new Map(), losses: new Map() };
}

/** Updates the book in place and says what to do. Never throws. */
export function stepLeases(book: LeaseBook, event: LeaseEvent, nowMs: number): LeaseAction[] {
  switch (event.type) {
    case 'fault.asked':
      return ask(book, event, nowMs);
    case 'fault.applied':
      return update(book, event.id, (fault) => {
        if (fault.state !== 'asked') return;
        fault.state = 'active';
        // Its author learns of it only now, and a busy machine may have taken longer than the lease; one that was lost meanwhile ends at once.
        fault.leaseEndsMs = book.losses.has(fault.id) ? nowMs : nowMs + fault.leaseMs;
      });
    case 'fault.failed':
      book.faults.delete(event.id);
      return [];
    case 'lease.renewed': {
      const fault = book.faults.get(event.id);
      const loss = book.losses.get(event.id) ?? null;
      if (fault === undefined || fault.state === 'healing' || loss !== null) return [{ type: 'refuse-renewal', id: event.id, loss }];
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
    case 'holder.evicted':
      return evict(book, event);
    case 'tick':
      return due(book, nowMs);
  }
}

/** What asking for this fault would do; the book stays as it is. */
export function wouldLease(book: LeaseBook, fault: AskedFault): Extract<LeaseAction, { type: 'apply' | 'refuse' }> {
  const { id } = fault;
  const contention = contend(fault, book.faults.values());
  if (contention.type === 'held') return { type: 'refuse', id, by: contention.by, names: contention.azs };
  for (const other of book.faults.values()) {
    const names = contention.takesOver.includes(other.id) ? [] : clash(fault, other);
    if (names.length > 0) return { type: 'refuse', id, by: other.id, names };
  }
  return { type: 'apply', id, takesOver: contention.takesOver };
}

/** When the next `tick` is due; Infinity for never. */
export function leasesWakeAtMs(book: LeaseBook): number {
  let wakeAtMs = Infinity;
  for (const fault of book.faults.values()) wakeAtMs = Math.min(wakeAtMs, dueAtMs(fault));
  return wakeAtMs;
}

function ask(book: LeaseBook, { fault, leaseMs }: Extract<LeaseEvent, { type: 'fault.asked' }>, nowMs: number): LeaseAction[] {
  const answer = wouldLease(book, fault);
  if (answer.type === 'refuse') return [answer];
  const { id, verb, target, holder, by } = fault;
  for (const lost of answer.takesOver) lose(book, lost, { type: 'taken-over', id, verb, target, holder, by });
  book.faults.set(id, { ...fault, members: [...fault.members], leaseMs, leaseEndsMs: nowMs + leaseMs, state: 'asked', retryMs: null });
  return [answer];
}

/** One that the driver still acts on is due as soon as it was applied. */
function evict(book: LeaseBook, { holder, reason }: Extract<LeaseEvent, { type: 'holder.evicted' }>): LeaseAction[] {
  const actions: LeaseAction[] = [];
  for (const fault of book.faults.values()) {
    if (fault.holder !== holder) continue;
    lose(book, fault.id, { type: 'evicted', reason });
    if (fault.state !== 'active') continue;
    fault.state = 'healing';
    actions.push({ type: 'heal', id: fault.id, reason: 'evicted' });
  }
  return actions;
}

/** The first loss is the one that its author is told of. */
function lose(book: LeaseBook, id: string, loss: Loss): void {
  if (book.losses.has(id)) return;
  book.losses.set(id, loss);
  const [oldest] = book.losses.keys();
  if (book.losses.size > LOSSES_MAX && oldest !== undefined) book.losses.delete(oldest);
}

/** What both would hold. */
function clash(fault: Pick<LeasedFault, 'verb' | 'zone' | 'members'>, other: LeasedFault): string[] {
  const isAlone = isLinkVerb(fault.verb) || isServiceVerb(fault.verb) || isServiceVerb(other.verb);
  if (isAlone && fault.verb !== other.verb) return [];
  if (fault.zone !== null || other.zone !== null) return fault.zone !== null && fault.zone === other.zone ? [fault.zone] : [];
  return fault.members.filter((name) => other.members.includes(name));
}

/** One that is asked for has done nothing yet that could be healed. */
function release(book: LeaseBook, { members, zones, offLinks, freed = [] }: Extract<LeaseEvent, { type: 'heal.finished' }>): void {
  for (const fault of book.faults.values()) {
    if (fault.state === 'asked') continue;
    if (isLinkVerb(fault.verb)) {
      if (offLinks.includes(fault.id)) book.faults.delete(fault.id);
      continue;
    }
    if (fault.zone !== null) {
      if (zones.includes(fault.zone)) book.faults.delete(fault.id);
      continue;
    }
    const done = isServiceVerb(fault.verb) ? (freed.find(({ id }) => id === fault.id)?.members ?? []) : members;
    fault.members = fault.members.filter((name) => !done.includes(name));
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
