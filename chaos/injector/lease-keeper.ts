/**
 * The lease book with its clock: `policy/leases.ts` decides, here its actions are carried out and its next
 * wake-up is kept. Time is monotonic, so that a clock that is set neither stretches nor ends a lease.
 */
import type { Shift } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { authorText, isSameAuthor } from '#policy/holders.ts';
import { createLeaseBook, leasesWakeAtMs, stepLeases, wouldLease, type AskedFault, type LeaseAction, type LeasedFault, type LeaseEvent, type Loss } from '#policy/leases.ts';

const NAMES_SHOWN = 3;

export class LeaseKeeper {
  readonly #book = createLeaseBook();
  readonly #heal: (id: string) => Promise<unknown>;
  #wake: NodeJS.Timeout | null = null;

  /** @param heal ends a fault whose time has come; when it rejects it is called again later */
  constructor(heal: (id: string) => Promise<unknown>) {
    this.#heal = heal;
  }

  all(): LeasedFault[] {
    return [...this.#book.faults.values()];
  }

  has(id: string): boolean {
    return this.#book.faults.has(id);
  }

  /** @throws AzimuthError AZ_NOT_FOUND; AZ_CONFLICT or AZ_BLOCKED where somebody else ended it */
  require(id: string): LeasedFault {
    const fault = this.#book.faults.get(id);
    if (fault === undefined) throw gone(id, this.#book.losses.get(id) ?? null);
    return fault;
  }

  /** What it takes over is lost to others from now on. @throws AzimuthError AZ_CONFLICT when another fault holds what this one would */
  ask(fault: AskedFault, leaseMs: number): LeasedFault {
    this.wouldTakeOver(fault);
    this.step({ type: 'fault.asked', fault, leaseMs });
    return this.require(fault.id);
  }

  /** Faults of others that are to be healed before this one can be made; nothing is changed. @throws AzimuthError AZ_CONFLICT when it would be refused */
  wouldTakeOver(fault: AskedFault): LeasedFault[] {
    const answer = wouldLease(this.#book, fault);
    if (answer.type === 'apply') return answer.takesOver.map((id) => this.require(id));
    throw new AzimuthError('AZ_CONFLICT', refusalText(fault, this.require(answer.by), answer.names));
  }

  /** @throws AzimuthError AZ_NOT_FOUND when it is gone or healing; AZ_CONFLICT or AZ_BLOCKED where somebody else ended it */
  renew(id: string, leaseMs: number): LeasedFault {
    const [answer] = this.step({ type: 'lease.renewed', id, leaseMs });
    if (answer?.type === 'refuse-renewal') throw gone(id, answer.loss);
    return this.require(id);
  }

  step(event: LeaseEvent): LeaseAction[] {
    const actions = stepLeases(this.#book, event, performance.now());
    for (const action of actions) {
      if (action.type === 'heal') this.#heal(action.id).catch(() => this.step({ type: 'heal.failed', id: action.id }));
    }
    this.#arm();
    return actions;
  }

  close(): void {
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wake = null;
  }

  #arm(): void {
    this.close();
    const wakeAtMs = leasesWakeAtMs(this.#book);
    if (wakeAtMs === Infinity) return;
    this.#wake = setTimeout(() => this.step({ type: 'tick' }), Math.max(1, wakeAtMs - performance.now()));
    this.#wake.unref();
  }
}

/** The moment as the rest of the world writes it. */
export function wallMs(monotonicMs: number): number {
  return Math.round(Date.now() + monotonicMs - performance.now());
}

/** A leased shift as balancers take it: they know the wall clock of this machine, not this process's monotonic one. */
export function shiftOf({ id, leaseEndsMs, reason }: Pick<LeasedFault, 'id' | 'leaseEndsMs' | 'reason'>): Shift {
  return { untilMs: wallMs(leaseEndsMs), reason: reason ?? `fault ${id}` };
}

/** An isolated AZ has dozens of ways: the first few say which fault it is. */
function listed(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return more <= 0 ? names.join(', ') : `${names.slice(0, NAMES_SHOWN).join(', ')} and ${more} more`;
}

function refusalText(fault: AskedFault, other: LeasedFault, names: readonly string[]): string {
  const held = `"${other.verb} ${other.target}"`;
  if (isSameAuthor(fault, other)) return `${held} holds ${listed(names)}`;
  const left = other.state === 'healing' ? 'until it is healed' : `for ${Math.max(1, Math.ceil((other.leaseEndsMs - performance.now()) / 1000))} s more, unless it is renewed`;
  return `${held} of ${authorText(other)} holds ${listed(names)} ${left}`;
}

/** @param loss who ended it; null where its author or its lease did */
function gone(id: string, loss: Loss | null): AzimuthError {
  const shown = id.slice(0, 64);
  if (loss === null) return new AzimuthError('AZ_NOT_FOUND', `no fault ${shown} that could be renewed or healed; it may have ended`);
  if (loss.type === 'evicted') return new AzimuthError('AZ_BLOCKED', `fault ${shown} was ended: ${loss.reason}`);
  return new AzimuthError('AZ_CONFLICT', `${authorText(loss)} took over from fault ${shown}, with "${loss.verb} ${loss.target}", fault ${loss.id}`);
}
