/** The region that runs, as kills of its controller need it. */
import type { Fault, ResidueAnswer } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { beginRun, followRun } from '#chaos/client/controller-run.ts';
import { untilReady } from '#chaos/experiments/precondition.ts';
import { createRegionApi } from '#chaos/experiments/region-api.ts';
import { pause } from '#chaos/injector/pause.ts';
import { apiClient } from '#kit/command-line.ts';
import type { ControllerKill } from './kill-controller.ts';
import type { Killing } from './one-kill.ts';

/** The look that is late says nothing of the moment at which it was asked. */
const LOOK_TIMEOUT_MS = 5000;
const HEAL_TIMEOUT_MS = 180_000;
/** A controller is back within ten seconds, or there is no region any more. */
const PUT_BACK_TRIES = 20;
const AGAIN_MS = 1000;

export interface KillingOptions {
  ratePerSecond: number;
  seed: number;
  /** The command that does it again. */
  replay: string;
}

/** @param before the region when nothing had begun */
export function killingOf(running: RunningRegion, before: RegionStatus, kill: ControllerKill, { ratePerSecond, seed, replay }: KillingOptions): Killing {
  const region = createRegionApi(running);
  const looking = apiClient(running, LOOK_TIMEOUT_MS);
  const healing = apiClient(running, HEAL_TIMEOUT_MS);
  let { components } = before;
  return {
    ready: async (signal) => {
      ({ components } = await untilReady(region, 'A run whose controller is killed', signal));
    },
    // Attached: where this process is ended with it, the run ends in order after some seconds.
    begin: async ({ document, az }) => (await beginRun(running, { document, azs: [az], ratePerSecond, seed, replay, attached: true })).id,
    follow: (id, signal, onEvent) => followRun(running, id, signal, onEvent),
    kill: () => kill(components),
    look: async () => {
      const [{ faults }, { residue }] = await Promise.all([looking.get<{ faults: Fault[] }>('/v1/faults'), looking.get<ResidueAnswer>('/v1/residue')]);
      return { faults, residue };
    },
    putBack: async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await healing.post('/v1/heal', {});
          if (before.customers !== null) await region.traffic({ ratePerSecond: before.customers.ratePerSecond, arm: before.customers.arm });
          return;
        } catch (error) {
          if (attempt === PUT_BACK_TRIES) throw error;
        }
        await pause(AGAIN_MS);
      }
    },
  };
}
