/** What a run will do: what was asked for, with all that may be left out filled in from the region's description. */
import type { AzCapacity } from '#contracts/capacity.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import type { Region } from '#contracts/region.ts';
import type { RunAbout, RunRequest } from '#contracts/runs.ts';
import { evidenceFolder } from '#kit/state-folder.ts';
import { ratePerSecondOf } from '../capacity/rate.ts';
import { knownCapacity } from '../capacity/known-capacity.ts';

export interface RunPlan {
  document: ExperimentDocument;
  azs: readonly AvailabilityZone[];
  ratePerSecond: number;
  seed: number;
  timeoutMs: number | null;
  allowInconclusive: boolean;
  capacity: AzCapacity;
  commit: string | null;
  /** The command that does it again. */
  replay: string;
  about: RunAbout;
}

export function planRun(request: RunRequest, region: Region): RunPlan {
  const { document, azs = document.azs.slice(0, 1), seed = 1 } = request;
  const ratePerSecond = request.ratePerSecond ?? ratePerSecondOf(region, document.rate);
  return {
    document, azs, ratePerSecond, seed,
    timeoutMs: request.timeoutMs ?? null,
    allowInconclusive: request.allowInconclusive === true,
    capacity: request.capacity ?? knownCapacity(region, document.settings.ovens ?? null, evidenceFolder(region)),
    commit: request.commit ?? null,
    replay: request.replay ?? `./azimuth run ${document.id} --az ${azs.join()} --rate ${ratePerSecond} --seed ${seed}`,
    about: { experiment: document.id, title: document.title, expected: document.expect, azs: [...azs], ratePerSecond, seed, attached: request.attached === true },
  };
}
