/** Gives a region back what no lease gives back, for a run that could not do so itself: its switches, and the rate of the customers. */
import { pause } from '../injector/pause.ts';
import type { RegionApi } from '../experiments/region-api.ts';
import { ratesOf } from '../experiments/warm-up.ts';
import type { KeptRun } from './run-journal.ts';

/** A region whose controller starts again may still be starting itself. */
const GIVE_UP_MS = 30_000;
const AGAIN_MS = 1000;

type Api = Pick<RegionApi, 'settings' | 'status' | 'traffic'>;
type Owing = Pick<KeptRun, 'switches' | 'customers' | 'about' | 'rates'>;

/** Never rejects. @returns whether the region owes nothing to the run any more; what is not reached after half a minute is given up */
export async function turnBack(api: Api, run: Owing, signal: AbortSignal): Promise<boolean> {
  const done = await Promise.all([
    run.switches.length === 0 || persist(() => api.settings(Object.fromEntries(run.switches.map((name) => [name, null]))), signal),
    run.customers === null || persist(() => slowDown(api, run), signal),
  ]);
  return done.every(Boolean);
}

/** Customers who no longer order as the run had them were told something else since, by a person or by a start of the region. */
async function slowDown(api: Api, { customers, about, rates }: Owing): Promise<void> {
  const { customers: now } = await api.status();
  if (now === null) throw new Error('The customers do not answer.');
  if (customers !== null && [...ratesOf(about.ratePerSecond), ...rates].includes(now.ratePerSecond)) await api.traffic(customers);
}

async function persist(act: () => Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const giveUpMs = performance.now() + GIVE_UP_MS;
  while (!signal.aborted) {
    const isDone = await act().then(() => true, () => false);
    if (isDone) return true;
    if (performance.now() >= giveUpMs) return false;
    await pause(AGAIN_MS, signal);
  }
  return false;
}
