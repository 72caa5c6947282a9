/** Gives switches of the region back the values that its description has, for a run that could not do so itself. */
import { pause } from '../injector/pause.ts';
import type { RegionApi } from '../experiments/region-api.ts';

/** A region whose controller starts again may still be starting itself. */
const TRIES = 30;
const AGAIN_MS = 1000;

/** Never rejects: what is not reached by then is turned back by a heal of everything. */
export async function turnBack(api: Pick<RegionApi, 'settings'>, switches: readonly string[]): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const isDone = await api.settings(Object.fromEntries(switches.map((name) => [name, null]))).then(() => true, () => false);
    if (isDone) return;
    await pause(AGAIN_MS);
  }
}
