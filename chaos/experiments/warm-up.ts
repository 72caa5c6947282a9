/**
 * Brings a region to the rate of an experiment and waits until it serves it steadily. Guards against blaming
 * a fault for a cold start: programs that have just come up run slowly until they are compiled, and a step
 * from rest to peak in that moment piles up orders that fail seconds later. A region that does not become
 * steady goes into its baseline all the same, and the verdict tells.
 * Reference: "Principles of Chaos Engineering" (steady state first), https://principlesofchaos.org.
 */
import { SETTLED_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { RegionApi } from './region-api.ts';
import type { ExperimentRequest } from './run-request.ts';

/** Shares of the rate on the way up, over the first half of the warm phase. */
const STEPS = [0.25, 0.5, 0.75] as const;
/** No order of a stretch this long failed. */
const STEADY_MS = 3_000;
const STEADY_WAIT_MS_MAX = 20_000;
const CHECK_MS = 500;

export interface WarmUp {
  api: Pick<RegionApi, 'traffic'>;
  request: ExperimentRequest;
  /** Grow by themselves. */
  records: readonly CustomerRecord[];
  /** Orders per second before it began. */
  ratePerSecondBefore: number;
  /** Rejects when the run is stopped by hand. */
  wait: (ms: number) => Promise<void>;
}

/** All rates that a run has its customers order at, one after the other, orders per second. */
export function ratesOf(ratePerSecond: number): number[] {
  return [...STEPS.map((share) => share * ratePerSecond), ratePerSecond];
}

/** Takes at least `warmMs`. */
export async function warmUp({ api, request, records, ratePerSecondBefore, wait }: WarmUp, warmMs: number): Promise<void> {
  const { ratePerSecond, seed, document } = request;
  const beganMs = Date.now();
  for (const step of ratesOf(ratePerSecond).slice(0, -1)) {
    if (ratePerSecondBefore >= step) continue;
    await api.traffic({ ratePerSecond: step, arm: document.arm });
    await wait(warmMs / 2 / STEPS.length);
  }
  await api.traffic({ ratePerSecond, arm: document.arm, seed });
  await wait(Math.max(0, beganMs + warmMs - Date.now()));
  const giveUpMs = Date.now() + STEADY_WAIT_MS_MAX;
  while (!isSteady(records, Date.now() - SETTLED_MS) && Date.now() < giveUpMs) await wait(CHECK_MS);
}

/** Whether customers ordered in the last stretch before `toMs`, and none failed. */
function isSteady(records: readonly CustomerRecord[], toMs: number): boolean {
  const orders = records.filter(({ kind, intendedMs }) => kind === 'order' && intendedMs >= toMs - STEADY_MS && intendedMs < toMs);
  return orders.length > 0 && orders.every(isAnswered);
}
