/**
 * The lease book with its clock: `policy/leases.ts` decides, here its actions are carried out and its next
 * wake-up is kept. Time is monotonic, so that a clock that is set neither stretches nor ends a lease.
 */
import type { Shift } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { createLeaseBook, leasesWakeAtMs, stepLeases, type LeaseAction, type LeasedFault, type LeaseEvent } from '#policy/leases.ts';

const NAMES_SHOWN = 3;

type Asked = Extract<LeaseEvent, { type: 'fault.asked' }>['fault'];

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

  /** @throws AzimuthError AZ_NOT_FOUND */
  require(id: string): LeasedFault {
    const fault = this.#book.faults.get(id);
    if (fault === undefined) throw noFault(id);
    return fault;
  }

  /** @throws AzimuthError AZ_CONFLICT when another fault holds what this one would */
  ask(fault: Asked, leaseMs: number): LeasedFault {
    const [answer] = this.step({ type: 'fault.asked', fault, leaseMs });
    if (answer?.type === 'refuse') {
      const other = this.#book.faults.get(answer.by);
      const what = other === undefined ? answer.by : `${other.verb} ${other.target}`;
      throw new AzimuthError('AZ_CONFLICT', `"${what}" holds ${listed(answer.names)}`);
    }
    return this.require(fault.id);
  }

  /** @throws AzimuthError AZ_NOT_FOUND when it is gone or healing */
  renew(id: string, leaseMs: number): LeasedFault {
    const [answer] = this.step({ type: 'lease.renewed', id, leaseMs });
    if (answer?.type === 'refuse-renewal') throw noFault(id);
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

function noFault(id: string): AzimuthError {
  return new AzimuthError('AZ_NOT_FOUND', `no fault ${id.slice(0, 64)} that could be renewed or healed; it may have ended`);
}
