/** Gives a region back what no lease gives back, for a run that could not do so itself: its switches, and the rate of the customers. */
import { pause } from '../injector/pause.ts';
import type { RegionApi } from '../experiments/region-api.ts';
import { ratesOf } from '../experiments/warm-up.ts';
import type { KeptRun } from './run-journal.ts';

/** A region whose controller starts again may still be starting itself. */
const TRIES = 30;
const AGAIN_MS = 1000;

/** Never rejects: the switches that are not reached by then are turned back by a heal of everything. */
export async function turnBack(api: Pick<RegionApi, 'settings' | 'status' | 'traffic'>, run: Pick<KeptRun, 'switches' | 'customers' | 'about'>): Promise<void> {
  await Promise.all([
    run.switches.length > 0 && persist(() => api.settings(Object.fromEntries(run.switches.map((name) => [name, null])))),
    run.customers !== null && persist(() => slowDown(api, run)),
  ]);
}

/** Customers who no longer order as the run had them were told something else since, by a person or by a start of the region. */
async function slowDown(api: Pick<RegionApi, 'status' | 'traffic'>, { customers, about }: Pick<KeptRun, 'customers' | 'about'>): Promise<void> {
  const { customers: now } = await api.status();
  if (customers !== null && now !== null && ratesOf(about.ratePerSecond).includes(now.ratePerSecond)) await api.traffic(customers);
}

async function persist(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const isDone = await act().then(() => true, () => false);
    if (isDone) return;
    await pause(AGAIN_MS);
  }
}
