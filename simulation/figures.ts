/**
 * Figures of a run, computed from the customers' records as DESIGN section 3 defines them. Times are
 * milliseconds; what did not happen is null.
 */
import { isAnswered, LATE_MS, PATIENCE_MS, type CustomerRecord } from '#contracts/records.ts';
import type { RunResult } from './run.ts';

/** What customers wrote down: a run, or the customers of one that still goes on. */
export type Records = Pick<RunResult, 'records'>;

/** A stretch of a run, by the intended send time. */
export interface Stretch {
  fromMs: number;
  untilMs: number;
}

const WHOLE: Stretch = { fromMs: 0, untilMs: Infinity };

const BALANCED_WINDOW_ORDERS = 300;
const BALANCED_WINDOWS = 3;
/** Every AZ's share of a window, for "balanced". */
const BALANCED_SHARE = { min: 0.28, max: 0.39 };
const WORST_ATTEMPTS_S = 10;

export function offered(run: Records, kind: CustomerRecord['kind'], stretch: Stretch = WHOLE): number {
  return within(run, kind, stretch).length;
}

/** No 2xx within a second of the intended send time. */
export function failed(run: Records, kind: CustomerRecord['kind'], stretch: Stretch = WHOLE): number {
  return within(run, kind, stretch).filter((record) => !isAnswered(record)).length;
}

/** Answered, but later than 500 ms. */
export function late(run: Records, stretch: Stretch = WHOLE): number {
  return within(run, 'order', stretch).filter((record) => isAnswered(record) && record.answeredMs! - record.intendedMs > LATE_MS).length;
}

/** Slowest order of `fault` minus the 99.9th percentile of `baseline`, each less its own oven time. */
export function addedLatencyMsMax(run: Records, baseline: Stretch, fault: Stretch): number | null {
  const before = within(run, 'order', baseline).map(waitMs).sort((a, b) => a - b);
  const during = within(run, 'order', fault).map(waitMs);
  if (before.length === 0 || during.length === 0) return null;
  return Math.max(...during) - quantile(before, 0.999);
}

/** When the last order was sent whose first attempt went to the AZ, after the fault at `fault.fromMs`. */
export function movedMs(run: Records, az: string, fault: Stretch): number | null {
  const touched = within(run, 'order', fault).filter((record) => (record.retried ?? record.az) === az);
  if (touched.length === 0) return null;
  return Math.max(...touched.map((record) => record.sentMs)) - fault.fromMs;
}

/** How long after the fault the last request that was under way was sent again. */
export function resentMsMax(run: RunResult, faultMs: number): number | null {
  const again = run.resends.filter((resend) => resend.firstSentMs <= faultMs && resend.atMs >= faultMs);
  return again.length === 0 ? null : Math.max(...again.map((resend) => resend.atMs)) - faultMs;
}

/** Front door's attempts per request in the worst 10 seconds (or the whole run, if it is shorter). */
export function attemptsPerRequestMax(run: RunResult): number {
  const counts = run.frontDoor;
  let worst = 1;
  for (let end = 1; end < counts.length; end += 1) {
    const from = counts[Math.max(0, end - WORST_ATTEMPTS_S)]!;
    const to = counts[end]!;
    if (end >= Math.min(WORST_ATTEMPTS_S, counts.length - 1) && to.requests > from.requests) {
      worst = Math.max(worst, (to.attempts - from.attempts) / (to.requests - from.requests));
    }
  }
  return worst;
}

/** End of the third window of 300 orders in a row in which every AZ took 28-39 %, after `fromMs`. */
export function balancedMs(run: Records, azs: readonly string[], fromMs: number): number | null {
  let inARow = 0;
  for (const window of shareWindows(run, azs, { fromMs, untilMs: Infinity })) {
    inARow = isBalanced(window.shares) ? inARow + 1 : 0;
    if (inARow === BALANCED_WINDOWS) return window.endMs - fromMs;
  }
  return null;
}

/** Every AZ of three has 28-39 %. */
export function isBalanced(shares: readonly number[]): boolean {
  return shares.every((share) => share >= BALANCED_SHARE.min && share <= BALANCED_SHARE.max);
}

/** Share of each AZ in successive windows of 300 answered orders. */
export function shareWindows(run: Records, azs: readonly string[], stretch: Stretch): { endMs: number; shares: number[] }[] {
  const orders = within(run, 'order', stretch).filter(isAnswered);
  const windows: { endMs: number; shares: number[] }[] = [];
  for (let start = 0; start + BALANCED_WINDOW_ORDERS <= orders.length; start += BALANCED_WINDOW_ORDERS) {
    const window = orders.slice(start, start + BALANCED_WINDOW_ORDERS);
    windows.push({
      endMs: window.at(-1)!.intendedMs,
      shares: azs.map((az) => window.filter((record) => record.az === az).length / window.length),
    });
  }
  return windows;
}

/** The value below which `share` of the sorted values lie. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Answer time less the oven's; patience for what was not answered. */
function waitMs(record: CustomerRecord): number {
  return record.answeredMs === null ? PATIENCE_MS : record.answeredMs - record.intendedMs - (record.bakeMs ?? 0);
}

/** In the order in which they were sent. */
function within(run: Records, kind: CustomerRecord['kind'], stretch: Stretch): CustomerRecord[] {
  return run.records
    .filter((record) => record.kind === kind && record.intendedMs >= stretch.fromMs && record.intendedMs < stretch.untilMs)
    .sort((a, b) => a.intendedMs - b.intendedMs);
}
