/**
 * One fault that an experiment holds: made on a lease of 10 s, renewed while this process lives, healed with some
 * patience. Guards against the fault that outlives its author, and against the one that ended early without the
 * run's knowledge (its lease ran out, a holder of a higher rank took the AZ over, somebody pulled the lever): that is
 * told once, and healing it is then nobody's failure. A renewal that is late loses nothing while the lease lasts.
 *
 *   made ─ renewed every 3 s ─▶ healed, or lost
 */
import { EXPERIMENT_LEASE_MS, type Fault, type HealAnswer, type Residue } from '#contracts/faults.ts';
import { RegionRefusal } from '#kit/command-line.ts';
import { pause } from '#chaos/injector/pause.ts';
import type { StatedFault } from '#chaos/verdict/stated-fault.ts';
import type { RegionApi } from './region-api.ts';

const RENEW_MS = 3_000;
const HEAL_TRIES = 5;
const HEAL_PAUSE_MS = 500;
/** The fault is not there any more, or is not its author's: to ask again would be answered the same. */
const NOT_FOUND = 404;
const LOST_STATUSES: readonly number[] = [NOT_FOUND, 409, 423];

type FaultApi = Pick<RegionApi, 'break' | 'renew' | 'healFault' | 'residue'>;

export class HeldFault {
  readonly fault: Fault;
  readonly #api: FaultApi;
  readonly #onLost: (reason: string) => void;
  #renewal: NodeJS.Timeout | undefined;
  /** Until when it lives without another renewal, of the monotonic clock. */
  #leaseEndsMs: number;
  #lost = false;

  private constructor(api: FaultApi, fault: Fault, onLost: (reason: string) => void) {
    this.#api = api;
    this.fault = fault;
    this.#onLost = onLost;
    this.#leaseEndsMs = performance.now() + EXPERIMENT_LEASE_MS;
    this.#renewal = setInterval(() => void this.#renew(), RENEW_MS);
  }

  /**
   * @param run name of the run, which holds the AZ against others
   * @param reason shown in `status`
   * @param onLost called once, when the fault ended before it was healed here
   * @throws CommandFailure when the injector refuses it
   */
  static async make(api: FaultApi, stated: StatedFault, { run, reason }: { run: string; reason: string }, onLost: (reason: string) => void): Promise<HeldFault> {
    return new HeldFault(api, await api.break({ ...stated, leaseMs: EXPERIMENT_LEASE_MS, reason, holder: 'suite', by: run }), onLost);
  }

  /**
   * Null for a fault that was lost. What remains after some tries is in the answer: one call that a busy machine did not
   * answer in time is not yet something that stays broken. Rejects when the injector still refuses after as many; then it can
   * be called again.
   */
  async heal(): Promise<HealAnswer | null> {
    this.#stopRenewing();
    const healed = new Set<string>();
    let last: HealAnswer | null = null;
    for (let attempt = 1; ; attempt += 1) {
      try {
        last = await this.#api.healFault(this.fault.id);
        for (const name of last.healed) healed.add(name);
        if (last.remains.length === 0 || attempt === HEAL_TRIES) return { ...last, healed: [...healed] };
      } catch (error) {
        // A try before this one, whose answer may have been lost, or the injector by itself has ended it: that what it broke
        // is whole is another matter.
        if (attempt > 1 && hasStatus(error, [NOT_FOUND])) return { healed: [...healed], remains: await this.#remaining(last), acknowledgedMs: Date.now(), atMs: Date.now() };
        if (hasStatus(error, LOST_STATUSES)) {
          this.#lose(error);
          return null;
        }
        if (attempt === HEAL_TRIES) throw error;
      }
      await pause(HEAL_PAUSE_MS);
    }
  }

  async #renew(): Promise<void> {
    try {
      const askedMs = performance.now();
      await this.#api.renew(this.fault.id, EXPERIMENT_LEASE_MS);
      this.#leaseEndsMs = askedMs + EXPERIMENT_LEASE_MS;
    } catch (error) {
      // A late answer to a renewal that crossed the healing says nothing.
      if (this.#renewal === undefined) return;
      // Nor does one that is late: the next one may come in time.
      if (!hasStatus(error, LOST_STATUSES) && performance.now() + RENEW_MS < this.#leaseEndsMs) return;
      this.#stopRenewing();
      this.#lose(error);
    }
  }

  /** What inspection finds broken of what the last answer named, or without one of all that it struck; where nobody can be asked, what was named. */
  async #remaining(last: HealAnswer | null): Promise<Residue[]> {
    const found = await this.#api.residue().then(({ residue }) => residue, () => last?.remains ?? []);
    const isOurs = (name: string): boolean =>
      last === null ? this.fault.members.some((member) => member === name || member.startsWith(`${name}/`)) : last.remains.some((one) => one.name === name);
    return found.filter(({ name }) => isOurs(name));
  }

  #lose(error: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#onLost(error instanceof Error ? error.message : String(error));
  }

  #stopRenewing(): void {
    clearInterval(this.#renewal);
    this.#renewal = undefined;
  }
}

function hasStatus(error: unknown, statuses: readonly number[]): boolean {
  return error instanceof RegionRefusal && statuses.includes(error.status);
}
