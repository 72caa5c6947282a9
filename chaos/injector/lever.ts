/**
 * The lever that blocks new faults, with a recorded reason: for the incident in which nobody may break anything on top.
 * It ends what experiments hold, and leaves what a person broke by hand to people. It outlives the injector, and never
 * stands in the way of a heal.
 *
 * Reference: the safety lever of AWS Fault Injection Service.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { Lever, LeverRequest } from '#contracts/faults.ts';
import type { Journal } from './journal.ts';
import type { LeaseKeeper } from './lease-keeper.ts';

export class SafetyLever {
  readonly #journal: Journal;
  readonly #leases: LeaseKeeper;

  constructor(journal: Journal, leases: LeaseKeeper) {
    this.#journal = journal;
    this.#leases = leases;
  }

  get(): Lever {
    const { lever } = this.#journal.state;
    return lever === null ? { blocked: false, reason: null, sinceMs: null } : { blocked: true, ...lever };
  }

  /**
   * It holds when this resolves; what it ended is being healed then.
   * @throws AzimuthError AZ_BAD_REQUEST; AZ_NOT_RECORDED when it holds, but not beyond a restart of the injector
   */
  async set({ blocked, reason }: LeverRequest): Promise<Lever> {
    if (blocked && reason === undefined) throw new AzimuthError('AZ_BAD_REQUEST', 'to block faults needs a reason');
    const recorded = this.#journal.append({ type: 'lever', atMs: Date.now(), reason: blocked ? (reason ?? null) : null });
    if (blocked) this.#leases.step({ type: 'holder.evicted', holder: 'suite', reason: `new faults are blocked: ${reason}` });
    await recorded.catch((error: Error) => {
      throw new AzimuthError('AZ_NOT_RECORDED', `this holds until the injector is started again; ${error.message}`);
    });
    return this.get();
  }

  /** @throws AzimuthError AZ_BLOCKED */
  requireReleased(): void {
    const { lever } = this.#journal.state;
    if (lever !== null) throw new AzimuthError('AZ_BLOCKED', `since ${new Date(lever.sinceMs).toISOString()}: ${lever.reason}`);
  }
}
