/**
 * Makes faults. Everything that can refuse one is asked before anything acts, in this order: what the request means, the
 * lever, who holds the AZ, whether anything would be hit, and the journal, which has the fault on disk before the driver
 * hears of it. What the driver then cannot do is undone.
 *
 *   planned ─▶ leased ─▶ what a lower holder broke there is healed ─▶ recorded ─▶ made
 */
import { AzimuthError } from '#contracts/errors.ts';
import { HAND_LEASE_MS, type FaultPlan, type FaultRequest } from '#contracts/faults.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { applyFault } from './apply.ts';
import { planFault, requireHit, type PlannedFault } from './fault-plan.ts';
import type { Healer } from './healer.ts';
import { inverseOf } from './inverse.ts';
import type { Journal } from './journal.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { SafetyLever } from './lever.ts';
import type { Parts } from './parts.ts';
import type { Struck } from './strike.ts';

export interface FaultMakerOptions {
  parts: Parts;
  leases: LeaseKeeper;
  journal: Journal;
  lever: SafetyLever;
  healer: Healer;
}

export class FaultMaker {
  readonly #parts: Parts;
  readonly #leases: LeaseKeeper;
  readonly #journal: Journal;
  readonly #lever: SafetyLever;
  readonly #healer: Healer;
  /** When the driver acted on a fault, by its id. */
  readonly #struck = new Map<string, Struck>();
  #lastFault: number;

  constructor({ parts, leases, journal, lever, healer }: FaultMakerOptions) {
    this.#parts = parts;
    this.#leases = leases;
    this.#journal = journal;
    this.#lever = lever;
    this.#healer = healer;
    this.#lastFault = journal.state.lastFault;
  }

  /**
   * @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED, AZ_CONFLICT, AZ_BAD_REQUEST, AZ_BLOCKED,
   * AZ_NOT_RECORDED, AZ_INSTANCE_SILENT, and rejects with the driver's error; nothing is broken then
   */
  async make(request: FaultRequest): Promise<LeasedFault> {
    const planned = await planFault(this.#parts, request);
    const takesOver = this.#requireFree(planned);
    for (const id of this.#struck.keys()) if (!this.#leases.has(id)) this.#struck.delete(id);
    const leaseMs = request.leaseMs ?? HAND_LEASE_MS;
    const fault = this.#leases.ask({ id: this.#nextId(), ...planned }, leaseMs);
    this.#lastFault += 1;
    if (takesOver.length > 0) await this.#takeOver(fault, takesOver);
    const struck = await this.#act(fault, leaseMs);
    this.#struck.set(fault.id, struck);
    this.#leases.step({ type: 'fault.applied', id: fault.id });
    // That it could be written before says that it can be, and the intent alone is enough to undo it.
    this.#journal.append({ type: 'applied', atMs: Date.now(), id: fault.id, ...struck }).catch(() => undefined);
    return fault;
  }

  /** What `make` would do; nothing is changed. @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED, AZ_BAD_REQUEST */
  async plan(request: FaultRequest): Promise<FaultPlan> {
    const planned = await planFault(this.#parts, request);
    const { verb, target, detail, members, reason, holder, by } = planned;
    const { takesOver, refusal } = this.#foresee(planned);
    return {
      verb, target, detail, members, reason, holder, by,
      leaseMs: request.leaseMs ?? HAND_LEASE_MS,
      inverse: inverseOf(this.#parts.endpoints, planned),
      takesOver: takesOver.map((other) => ({ id: other.id, verb: other.verb, target: other.target, detail: other.detail, holder: other.holder, by: other.by })),
      refusal,
    };
  }

  /** When the driver acted on it; null while it has not. */
  struckOf(id: string): Struck | null {
    return this.#struck.get(id) ?? null;
  }

  /** @returns what has to be healed first. @throws AzimuthError AZ_BLOCKED, AZ_CONFLICT */
  #requireFree(planned: PlannedFault): LeasedFault[] {
    this.#lever.requireReleased();
    const takesOver = this.#leases.wouldTakeOver({ id: this.#nextId(), ...planned });
    if (takesOver.length === 0) requireHit(this.#parts, planned);
    return takesOver;
  }

  #foresee(planned: PlannedFault): { takesOver: LeasedFault[]; refusal: FaultPlan['refusal'] } {
    try {
      const takesOver = this.#requireFree(planned);
      if (this.#journal.trouble !== null) throw new AzimuthError('AZ_NOT_RECORDED', this.#journal.trouble);
      return { takesOver, refusal: null };
    } catch (error) {
      if (!(error instanceof AzimuthError)) throw error;
      return { takesOver: [], refusal: { code: error.code, message: error.message } };
    }
  }

  /** @throws AzimuthError AZ_CONFLICT when something of the lost remains, or nothing is there to be hit */
  async #takeOver(fault: LeasedFault, lost: readonly LeasedFault[]): Promise<void> {
    try {
      const answers = await Promise.all(lost.map((one) => this.#healer.fault(one)));
      const remains = answers.flatMap((answer) => answer.remains).map(({ name, reason }) => `${name}: ${reason}`);
      if (lost.some(({ id }) => this.#leases.has(id))) throw new AzimuthError('AZ_CONFLICT', `what is to be taken over could not be healed: ${remains.join('; ') || 'it is still being made'}`);
      this.#lever.requireReleased();
      requireHit(this.#parts, fault);
    } catch (error) {
      this.#leases.step({ type: 'fault.failed', id: fault.id });
      throw error;
    }
  }

  async #act(fault: LeasedFault, leaseMs: number): Promise<Struck> {
    let isRecorded = false;
    const acting = this.#record(fault, leaseMs).then(() => {
      isRecorded = true;
      return applyFault(this.#parts, fault);
    });
    try {
      return await this.#healer.after(fault.id, acting);
    } catch (error) {
      if (!isRecorded) this.#leases.step({ type: 'fault.failed', id: fault.id });
      else await this.#healer.halfMade(fault);
      throw error;
    }
  }

  #record(fault: LeasedFault, leaseMs: number): Promise<void> {
    const { id, verb, target, detail, holder, by, reason } = fault;
    const inverse = inverseOf(this.#parts.endpoints, fault);
    return this.#journal.append({ type: 'intent', atMs: Date.now(), id, fault: { verb, target, detail, holder, by, reason }, leaseMs, inverse });
  }

  #nextId(): string {
    return `f${this.#lastFault + 1}`;
  }
}
