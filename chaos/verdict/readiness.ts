/**
 * Decides whether a region was fit for its experiment: it has the headroom that the document asks for, and its
 * customers are served steadily at the end of the baseline. Guards against blaming a fault for what was there before
 * it, and against a region that survives only because it was idle. The runner asks before it breaks anything, the judge
 * asks the same again.
 */
import type { AzCapacity } from '#contracts/capacity.ts';
import type { SliMetric } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { SETTLED_MS, type CustomerRecord } from '#contracts/records.ts';
import type { AssertionResult, Headroom } from '#contracts/verdict.ts';
import { headroom } from '#policy/headroom.ts';
import { sliResult } from './assertions.ts';
import type { Interval } from './run-facts.ts';

/** A sentence; null for a region that may begin. */
export function headroomLack(document: Pick<ExperimentDocument, 'headroom'>, capacity: AzCapacity, ratePerSecond: number): string | null {
  const found = headroom(capacity, ratePerSecond, AVAILABILITY_ZONES.length);
  return document.headroom === 'waived' || found.canLoseAz ? null : headroomSentence(found, ratePerSecond);
}

/** For a region that cannot lose an AZ: why. */
export function headroomSentence({ ratedPerAz, utilisationAfter }: Headroom, ratePerSecond: number): string {
  const left = AVAILABILITY_ZONES.length - 1;
  const used = `${(utilisationAfter * 100).toFixed(0)} % of what they are rated for`;
  return `Headroom: with an AZ gone, ${ratePerSecond} orders/s are ${used} (${left} × ${ratedPerAz}/s).`;
}

/** Under which its result stands beside the assertions. */
export function hypothesisId(metric: SliMetric): string {
  return `hypothesis-${metric.replaceAll('_', '-')}`;
}

/**
 * One result for each SLI of the hypothesis, over the last stretch of the baseline that has settled; those that FAIL
 * make the run NOT_READY, see {@link unsteady} for what the runner asks.
 * @param baseline until the moment of asking
 */
export function hypothesisResults({ hypothesis, arm }: Pick<ExperimentDocument, 'hypothesis' | 'arm'>, records: readonly CustomerRecord[], baseline: Interval | null): AssertionResult[] {
  const toMs = baseline === null ? -Infinity : baseline.toMs - SETTLED_MS;
  const fromMs = Math.max(toMs - hypothesis.windowMs, baseline?.fromMs ?? Infinity);
  const orders = records.filter((record) => record.kind === 'order' && record.arm === arm && record.intendedMs >= fromMs && record.intendedMs < toMs);
  const where = ` of the last ${hypothesis.windowMs / 1000} s of the baseline`;
  return hypothesis.slis.map((sli) => sliResult(hypothesisId(sli.metric), sli, orders, where));
}

/** Which of them say that nothing may be broken now: they do not hold, or nobody was served of whom that could be told. */
export function unsteady(results: readonly AssertionResult[]): AssertionResult[] {
  return results.filter(({ state, samples }) => state === 'FAIL' || samples === 0);
}
