/**
 * Compares a run's figures with the bars of its document. Each broken bar is one sentence that names the
 * figure and the bar, so that a FAIL can be understood without the code.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { VerdictRun } from '#contracts/verdict.ts';
import type { RunFacts } from './run-facts.ts';

export type Figures = Pick<VerdictRun, 'requests' | 'menu' | 'addedLatencyMsMax' | 'attemptsPerRequest' | 'servesAgainMs' | 'timelineMs'>;

/** A document without any bar only measures: no figure of it can be too bad. */
export function onlyMeasures({ verdict: _verdict, ...bars }: ExperimentDocument['expect']): boolean {
  return Object.values(bars).every((bar) => bar === null);
}

/** Worst first; empty when every bar holds. A figure that could not be had breaks no bar here (see `evidence.ts`), save `moved`. */
export function brokenBars(figures: Figures, facts: RunFacts, { expect, arm }: ExperimentDocument): string[] {
  const broken: string[] = [];
  const { requests, menu, timelineMs } = figures;
  if (exceeds(requests.failed, expect.failedOrdersMax)) broken.push(`${requests.failed} of ${requests.offered} orders failed; at most ${expect.failedOrdersMax} may.`);
  if (exceeds(menu.failed, expect.failedMenusMax)) broken.push(`${menu.failed} of ${menu.offered} menu reads failed; at most ${expect.failedMenusMax} may.`);
  if (exceeds(figures.addedLatencyMsMax, expect.addedLatencyMsMax)) {
    broken.push(`The fault added ${Math.round(figures.addedLatencyMsMax)} ms to the slowest order; at most ${expect.addedLatencyMsMax} ms may be added.`);
  }
  if (expect.movedMsMax !== null && facts.wholeAz && arm === 'balanced') {
    const must = `they must within ${expect.movedMsMax} ms`;
    if (timelineMs.moved === null) broken.push(`Orders never moved away from ${facts.az}; ${must}.`);
    else if (timelineMs.moved > expect.movedMsMax) broken.push(`Orders moved away from ${facts.az} after ${Math.round(timelineMs.moved)} ms; ${must}.`);
  }
  if (exceeds(figures.attemptsPerRequest, expect.attemptsPerRequestMax)) {
    const made = figures.attemptsPerRequest.toFixed(3);
    broken.push(`The front door made ${made} attempts per request in the worst 10 s; at most ${expect.attemptsPerRequestMax} are allowed.`);
  }
  const balance = balanceBroken(facts, timelineMs.balanced, expect.balancedMsMax);
  if (balance !== null) broken.push(balance);
  const service = serviceBroken(facts, figures.servesAgainMs, expect.servesAgainMsMax);
  if (service !== null) broken.push(service);
  return broken;
}

/** Only a run that waited that long can break it; one that ended sooner knows nothing of it. */
function balanceBroken(facts: RunFacts, balancedMs: number | null, limitMs: number | null): string | null {
  const { faultMs, restoredMs, after } = facts;
  if (limitMs === null || faultMs === null || restoredMs === null || after === null) return null;
  const must = `they must within ${limitMs / 1000} s`;
  if (balancedMs !== null) {
    const tookMs = balancedMs - (restoredMs - faultMs);
    return tookMs > limitMs ? `The AZs shared the orders evenly ${(tookMs / 1000).toFixed(1)} s after the return; ${must}.` : null;
  }
  const waitedMs = after.toMs - restoredMs;
  return waitedMs >= limitMs ? `The AZs did not share the orders evenly within ${(waitedMs / 1000).toFixed(0)} s of the return; ${must}.` : null;
}

function serviceBroken({ az, healingMs, after }: RunFacts, tookMs: number | null, limitMs: number | null): string | null {
  if (limitMs === null || healingMs === null || after === null) return null;
  const must = `it must within ${limitMs / 1000} s`;
  if (tookMs !== null) return tookMs > limitMs ? `${az} took orders again ${(tookMs / 1000).toFixed(1)} s after healing began; ${must}.` : null;
  const waitedMs = after.toMs - healingMs;
  return waitedMs >= limitMs ? `${az} took no order within ${(waitedMs / 1000).toFixed(0)} s of healing; ${must}.` : null;
}

function exceeds(figure: number | null, bar: number | null): figure is number {
  return figure !== null && bar !== null && figure > bar;
}
