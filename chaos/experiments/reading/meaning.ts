/**
 * What a schema cannot say of a document: phases in their order, faults that the injector would take, bounds that fit
 * their metric, assertions that can be answered. Guards against the document that runs for two minutes and then turns
 * out to have asked for nothing. A rule is left out where the fields that it needs have not the shape that they should.
 */
import { DURATION_MS_MAX, ENTRIES_MAX, RATE_MAX } from '#contracts/experiment.ts';
import { EXPERIMENT_METRICS, SLI_METRICS, STANDING_METRICS, type MetricDeclaration, type SliMetric, type StandingMetric } from '#contracts/experiment-metrics.ts';
import { PHASE_NAMES, type WrittenAction, type WrittenAssertion, type WrittenExperiment } from '#contracts/experiment-schema.ts';
import { FaultRequestSchema } from '#contracts/faults.ts';
import { isAvailabilityZone } from '#contracts/labels.ts';
import { PATIENCE_MS, SETTLED_MS } from '#contracts/records.ts';
import { Value } from 'typebox/value';
import { standingId } from '#chaos/verdict/assertions.ts';
import { hypothesisId } from '#chaos/verdict/readiness.ts';
import { statedFault } from '#chaos/verdict/stated-fault.ts';
import { durationMs } from './duration.ts';
import { faultsOf, resolveAction, resolveBounds, resolveFigure, resolveRate, verbOf } from './resolve.ts';
import type { Path } from './source.ts';

type Report = (path: Path, message: string) => void;

interface Rule {
  needs: readonly (keyof WrittenExperiment)[];
  check: (document: WrittenExperiment, report: Report) => void;
}

const RULES: readonly Rule[] = [
  { needs: ['phases'], check: phasesInOrder },
  { needs: ['phases'], check: actionsInPlace },
  { needs: ['phases', 'given', 'matrix'], check: faultsCanBeMade },
  { needs: ['hypothesis', 'phases'], check: hypothesisCanBeSeen },
  { needs: ['assert'], check: assertionsAreSound },
  { needs: ['assert', 'phases', 'load'], check: assertionsApply },
  { needs: ['guardrails'], check: guardrailsCanTrip },
  { needs: ['load', 'given', 'guardrails', 'assert'], check: isTakenWhole },
];

/** @param isSound whether a field of the document has its shape */
export function checkMeaning(document: WrittenExperiment, isSound: (field: string) => boolean, report: Report): void {
  for (const { needs, check } of RULES) if (needs.every(isSound)) check(document, report);
}

function phasesInOrder({ phases }: WrittenExperiment, report: Report): void {
  const names = phases.map(({ name }) => name);
  for (const name of PHASE_NAMES) if (name !== 'warm' && !names.includes(name)) report(['phases'], `there is no phase "${name}"`);
  for (const [index, { name, hold }] of phases.entries()) {
    const before = names.slice(0, index);
    const late = before.find((other) => PHASE_NAMES.indexOf(other) > PHASE_NAMES.indexOf(name));
    if (before.includes(name)) report(['phases', index, 'name'], `there is one phase "${name}" already`);
    else if (late !== undefined) report(['phases', index, 'name'], `"${name}" comes before "${late}": the order is ${PHASE_NAMES.join(', ')}`);
    if (durationMs(hold) === 0) report(['phases', index, 'hold'], 'a phase takes some time');
    checkLength(hold, ['phases', index, 'hold'], report);
  }
}

function actionsInPlace({ phases }: WrittenExperiment, report: Report): void {
  for (const [index, phase] of phases.entries()) {
    const actions = phase.do ?? [];
    if (phase.until !== undefined && phase.name !== 'recovery') report(['phases', index, 'until'], 'only "recovery" can end sooner');
    for (const [at, action] of actions.entries()) {
      if (action === 'heal' && phase.name !== 'recovery') report(['phases', index, 'do', at], 'what was broken is healed in "recovery", and nowhere else');
      if (action !== 'heal' && phase.name === 'recovery') report(['phases', index, 'do', at], 'nothing is broken in "recovery"');
      if (action !== 'heal' && (phase.name === 'warm' || phase.name === 'baseline')) report(['phases', index, 'do', at], 'what is broken beforehand stands in "given"');
    }
    if (phase.name === 'fault' && faultsOf([phase]).length !== 1) report(['phases', index], 'the fault phase makes one fault; what is broken beforehand stands in "given"');
  }
}

function faultsCanBeMade({ phases, given = [], matrix }: WrittenExperiment, report: Report): void {
  const placed: [Path, WrittenAction][] = [
    ...given.map((action, index): [Path, WrittenAction] => [['given', index], action]),
    ...phases.flatMap((phase, index) => (phase.do ?? []).flatMap((action, at): [Path, WrittenAction][] => (action === 'heal' ? [] : [[['phases', index, 'do', at], action]]))),
  ];
  for (const [path, action] of placed) for (const message of new Set(matrix.az.flatMap((az) => refusal(action, az)))) report(path, message);
}

/** Why the injector would not make it; nothing when it would. */
function refusal(action: WrittenAction, az: string): string[] {
  const { verb, target, peer, latencyMs = 1, jitterMs = 0, silent, ...rest } = statedFault(resolveAction(action), az);
  if (peer === target) return [`${verb} needs two different AZs, not ${target} twice`];
  if (silent === true && !isAvailabilityZone(target)) return [`only a whole AZ can fall silent, not ${target}`];
  if (jitterMs > latencyMs) return [`a jitter of ${jitterMs} ms is more than the latency of ${latencyMs} ms: no delay is negative`];
  const sound = Value.Check(FaultRequestSchema, { ...rest, verb, target, latencyMs, jitterMs, ...(peer === undefined ? {} : { peer }) });
  return sound ? [] : [`${verb} takes whole milliseconds from 1 to 60000`];
}

function hypothesisCanBeSeen({ hypothesis, phases }: WrittenExperiment, report: Report): void {
  for (const [name, bounds] of Object.entries(hypothesis.slis ?? {})) checkBounds(SLI_METRICS[name as SliMetric], bounds, ['hypothesis', 'slis', name], report);
  if (hypothesis.window === undefined) return;
  const windowMs = durationMs(hypothesis.window);
  const baselineMs = phases.filter(({ name }) => name === 'baseline').reduce((sum, { hold }) => sum + durationMs(hold), 0);
  if (windowMs <= 0 || windowMs + SETTLED_MS > baselineMs) {
    report(['hypothesis', 'window'], `${hypothesis.window} must be more than nothing and leave ${SETTLED_MS} ms of the baseline, in which the last orders settle`);
  }
}

function assertionsAreSound({ assert = [] }: WrittenExperiment, report: Report): void {
  const taken = new Set<string>([
    ...(Object.keys(STANDING_METRICS) as StandingMetric[]).map(standingId), ...(Object.keys(SLI_METRICS) as SliMetric[]).map(hypothesisId),
  ]);
  for (const [index, { id, metric, phase, min, max }] of assert.entries()) {
    const declared: MetricDeclaration = EXPERIMENT_METRICS[metric];
    if (taken.has(id)) report(['assert', index, 'id'], `"${id}" is the id of another assertion`);
    taken.add(id);
    if (phase !== undefined && !declared.phases.includes(phase)) report(['assert', index, 'phase'], `${metric} is a figure of ${phasesText(declared)}`);
    checkBounds(declared, { min, max }, ['assert', index], report);
  }
}

/** A figure that this fault or these customers cannot have would leave every run INCONCLUSIVE. */
function assertionsApply({ assert = [], phases, load, matrix }: WrittenExperiment, report: Report): void {
  const [action] = faultsOf(phases);
  if (action === undefined) return;
  const whole = verbOf(action) !== 'cut' && isAvailabilityZone(statedFault(resolveAction(action), matrix.az[0] ?? '').target);
  const bare = load?.arm === 'bare';
  const why = ({ metric }: WrittenAssertion): string | null => {
    if (bare && (metric === 'moved_ms' || metric === 'attempts_per_request')) return 'bare customers pass no front door and move nowhere';
    if (!whole && (metric === 'moved_ms' || metric === 'serves_again_ms')) return 'the fault leaves the AZ in use';
    return metric === 'crossed_orders_per_second' && verbOf(action) !== 'cut' ? 'only a cut has a way to cross' : null;
  };
  for (const [index, assertion] of assert.entries()) {
    const reason = why(assertion);
    if (reason !== null) report(['assert', index, 'metric'], `${assertion.metric} cannot be told: ${reason}`);
  }
}

function guardrailsCanTrip({ guardrails = [] }: WrittenExperiment, report: Report): void {
  for (const [index, guard] of guardrails.entries()) {
    const path = ['guardrails', index];
    if ('max_duration' in guard) {
      if (durationMs(guard.max_duration) === 0) report([...path, 'max_duration'], 'a run takes some time');
      checkLength(guard.max_duration, [...path, 'max_duration'], report);
      continue;
    }
    const wanted = guard.sli === 'success' ? 'below' : 'above';
    if (guard[wanted] === undefined) report(path, `a guardrail on ${guard.sli} needs "${wanted}"`);
    if (guard[wanted === 'below' ? 'above' : 'below'] !== undefined) report(path, `a guardrail on ${guard.sli} takes "${wanted}" alone`);
    if (durationMs(guard.for) < 1000 || durationMs(guard.for) % 1000 !== 0) report([...path, 'for'], `${guard.for} must be whole seconds: a guardrail looks once a second`);
    checkLength(guard.for, [...path, 'for'], report);
    const { above } = guard;
    // An order that nobody answers counts as that: no p99 is above it.
    if (above !== undefined && (resolveFigure(above) ?? 0) >= PATIENCE_MS) report([...path, 'above'], `${above} must be less than ${PATIENCE_MS} ms, which is as long as a customer waits`);
  }
}

/** What the controller would refuse, without a word of where it stands. */
function isTakenWhole({ load, given = [], guardrails = [], assert = [] }: WrittenExperiment, report: Report): void {
  const rate = load?.rate === undefined ? 'peak' : resolveRate(load.rate);
  if (typeof rate === 'number' && (rate <= 0 || rate > RATE_MAX)) report(['load', 'rate'], `${load?.rate} must be more than 0 and at most ${RATE_MAX}/s`);
  for (const [name, entries] of Object.entries({ given, guardrails, assert })) {
    if (entries.length > ENTRIES_MAX) report([name], `there are ${entries.length} of them, and ${ENTRIES_MAX} are taken`);
  }
}

function checkLength(written: string, path: Path, report: Report): void {
  if (durationMs(written) > DURATION_MS_MAX) report(path, `${written} must be at most ${DURATION_MS_MAX / 3_600_000} h`);
}

function checkBounds(metric: MetricDeclaration, written: { min?: number | string | undefined; max?: number | string | undefined }, path: Path, report: Report): void {
  const { min, max } = resolveBounds(written);
  if (min === null && max === null) report(path, 'it needs min, max or both');
  if (min !== null && max !== null && min > max) report(path, `min is above max`);
  for (const [name, value] of Object.entries({ min: written.min, max: written.max })) {
    if (typeof value === 'string' && metric.unit !== 'ms') report([...path, name], `"${value}" must be a number: the figure is counted in ${unitText(metric)}`);
    if (typeof value === 'number' && metric.unit === 'ratio' && value > 1) report([...path, name], `${value} must be a share from 0 to 1`);
  }
}

function unitText({ unit }: MetricDeclaration): string {
  return unit === 'ratio' ? 'shares from 0 to 1' : unit;
}

function phasesText({ phases }: MetricDeclaration): string {
  return phases.map((phase) => (phase === null ? 'the whole run' : `"${phase}"`)).join(' or ');
}
