/**
 * Compares what a run came to with what its document demands, one result each, and with what every run has to hold. A
 * bound that is broken is broken however few orders say so; one that holds is worth a PASS only with enough of them,
 * and only of a run that went to its end.
 */
import {
  EXPERIMENT_METRICS, SLI_METRICS, STANDING_METRICS, type ExperimentMetric, type MetricDeclaration, type SliMetric, type StandingMetric,
} from '#contracts/experiment-metrics.ts';
import type { Assertion, Bounds } from '#contracts/experiment.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { AssertionResult, FigureUnit } from '#contracts/verdict.ts';
import { FAILOVER_READINGS } from './failover-readings.ts';
import type { MeasuredRun, Reading } from './reading.ts';
import { readFailedOrders, readSli } from './sli-readings.ts';
import { THRESHOLDS } from './thresholds.ts';

const STANDING: Readonly<Record<StandingMetric, Bounds>> = { touched_orders: { min: THRESHOLDS.touchedOrdersMin, max: null }, no_residue: { min: null, max: 0 } };
/** Missing one of these is no fault of the region: the run proves nothing. */
const PROVES_NOTHING: readonly string[] = ['crossed_orders_per_second', ...Object.keys(STANDING)];

/** Under which the result of what every run has to hold stands beside the assertions. */
export function standingId(metric: StandingMetric): string {
  return metric.replaceAll('_', '-');
}

/** In the order of the document, then what every run has to hold. @param isWhole the run went to its end, and its journal says so */
export function assertionResults(run: MeasuredRun, assertions: readonly Assertion[], isWhole: boolean): AssertionResult[] {
  const stated = assertions.map((assertion) => resultOf(assertion, EXPERIMENT_METRICS[assertion.metric], read(run, assertion)));
  const standing = (Object.keys(STANDING) as StandingMetric[]).map((metric) => {
    const declared: MetricDeclaration = STANDING_METRICS[metric];
    return resultOf({ id: standingId(metric), metric, phase: declared.phases[0] ?? null, ...STANDING[metric] }, declared, FAILOVER_READINGS[metric](run));
  });
  return [...stated, ...standing].map((result) => (isWhole || result.state !== 'PASS' ? result : { ...result, state: 'INCONCLUSIVE', text: `${result.text} The run did not go to its end.` }));
}

/** Of one SLI over the orders of a stretch that is no phase: the hypothesis. @param where such as ` of the last 5 s of the baseline` */
export function sliResult(id: string, { metric, min, max }: Bounds & { metric: SliMetric }, orders: readonly CustomerRecord[], where: string): AssertionResult {
  return resultOf({ id, metric, phase: 'baseline', min, max }, SLI_METRICS[metric], readSli(metric, orders, where));
}

function read(run: MeasuredRun, { metric, phase }: Assertion): Reading {
  const { windows } = run;
  const orders = phase === null ? windows.orders : { baseline: windows.baseline, fault: windows.fault, recovery: windows.after }[phase];
  const where = phase === null ? '' : ` of the ${phase}`;
  if (metric === 'failed_orders') return readFailedOrders(orders, where);
  return isSli(metric) ? readSli(metric, orders, where) : FAILOVER_READINGS[metric](run);
}

function resultOf(asked: Bounds & { id: string; metric: string; phase: string | null }, { unit }: MetricDeclaration, found: Reading): AssertionResult {
  const { id, metric, phase, min, max } = asked;
  const { observed, samples, thin } = found;
  const isBroken = observed === null ? found.waitedMs !== null && max !== null && found.waitedMs >= max : (min !== null && observed < min) || (max !== null && observed > max);
  const isOpen = isBroken ? PROVES_NOTHING.includes(metric) : observed === null || thin !== null;
  const state = isOpen ? 'INCONCLUSIVE' : isBroken ? 'FAIL' : 'PASS';
  return { id, metric, phase, min, max, observed, unit, samples, state, text: `${sentence(found, asked, unit)}${isOpen && thin !== null ? ` ${thin}` : ''}` };
}

function sentence({ found, must }: Reading, { min, max }: Bounds, unit: FigureUnit): string {
  const bounds = [...(min === null ? [] : [`at least ${figureText(min, unit)}`]), ...(max === null ? [] : [`at most ${figureText(max, unit)}`])];
  return `${found}; ${must(bounds.join(' and '), figureText(max ?? min ?? 0, unit))}.`;
}

/** `500 ms`, `60 s`, `99.9 %`, `1.1`. */
function figureText(value: number, unit: FigureUnit): string {
  if (unit === 'ms') return value >= 1000 && value % 500 === 0 ? `${value / 1000} s` : `${value} ms`;
  return unit === 'ratio' ? `${Number((value * 100).toFixed(3))} %` : String(value);
}

function isSli(metric: ExperimentMetric): metric is SliMetric {
  return metric in SLI_METRICS;
}
