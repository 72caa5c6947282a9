/** Fills in what a document leaves out and turns what people write (`8s`, `one_way`) into what programs take. */
import type { AnyDocument, Assertion, Bounds, ExperimentDocument, ExperimentFault, Guardrail, SuiteDocument } from '#contracts/experiment.ts';
import { EXPERIMENT_METRICS, type SliMetric } from '#contracts/experiment-metrics.ts';
import type { WrittenAction, WrittenAssertion, WrittenDocument, WrittenExperiment, WrittenGuard, WrittenPhase, WrittenSuite } from '#contracts/experiment-schema.ts';
import { FAULT_VERBS, type FaultVerb } from '#contracts/faults.ts';
import { durationMs } from './duration.ts';

const WINDOW = '5s';
/** As AWS Resilience Hub counts tests. */
const MAX_AGE_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** Of a document that is in order; of any other the result means nothing. */
export function resolveDocument(written: WrittenDocument): AnyDocument {
  if (written.kind === 'Experiment') return resolveExperiment(written);
  if (written.kind === 'Suite') return resolveSuite(written);
  const { id, title, hypothesis, matrix } = written;
  return { kind: 'KneeSearch', id, title, question: hypothesis.text, azs: matrix.az };
}

function resolveSuite({ id, title, experiments, max_age_days: days = MAX_AGE_DAYS }: WrittenSuite): SuiteDocument {
  return {
    kind: 'Suite', id, title, maxAgeMs: days * DAY_MS,
    experiments: experiments.map(({ experiment, advisory = false, weight = 1 }) => ({ experiment, isAdvisory: advisory, weight })),
  };
}

function resolveExperiment(written: WrittenExperiment): ExperimentDocument {
  const { id, title, hypothesis, matrix, load = {}, settings = {}, preconditions, given = [], guardrails = [], phases, assert = [], expect = 'PASS' } = written;
  const lengthMs = (name: WrittenPhase['name']): number => phaseOf(phases, name).reduce((_, { hold }) => durationMs(hold), 0);
  const limits = guardrails.flatMap((guard) => ('max_duration' in guard ? [durationMs(guard.max_duration)] : []));
  return {
    kind: 'Experiment',
    id,
    title,
    hypothesis: {
      text: hypothesis.text,
      windowMs: durationMs(hypothesis.window ?? WINDOW),
      slis: Object.entries(hypothesis.slis ?? {}).map(([metric, bounds]) => ({ metric: metric as SliMetric, ...resolveBounds(bounds) })),
    },
    azs: matrix.az,
    rate: resolveRate(load.rate ?? 'peak'),
    arm: load.arm ?? 'balanced',
    settings,
    headroom: preconditions?.headroom === 'can-lose-az' ? 'required' : 'waived',
    given: given.map(resolveAction),
    fault: resolveAction(faultsOf(phases)[0] as WrittenAction),
    guardrails: guardrails.flatMap((guard) => resolveGuard(guard) ?? []),
    maxDurationMs: limits.length === 0 ? null : Math.min(...limits),
    phases: { warmMs: lengthMs('warm'), baselineMs: lengthMs('baseline'), faultMs: lengthMs('fault'), recoveryMs: lengthMs('recovery') },
    until: phaseOf(phases, 'recovery')[0]?.until ?? null,
    assertions: assert.map(resolveAssertion),
    expect,
  };
}

/** What the fault phase does. */
export function faultsOf(phases: readonly WrittenPhase[]): WrittenAction[] {
  return phaseOf(phases, 'fault').flatMap((phase) => phase.do ?? []).filter((action) => action !== 'heal');
}

export function verbOf(action: WrittenAction): FaultVerb {
  return FAULT_VERBS.find((verb) => verb in action) as FaultVerb;
}

/** Placeholders stay: an experiment runs on several AZs. */
export function resolveAction(action: WrittenAction): ExperimentFault {
  const verb = verbOf(action);
  const { [verb]: target, latency, jitter, one_way: oneWay, after_work: afterWork, ...same } = action as Partial<Record<FaultVerb, string>> & Flags;
  return {
    ...same, verb, target: target ?? '',
    ...(latency === undefined ? {} : { latencyMs: durationMs(latency) }),
    ...(jitter === undefined ? {} : { jitterMs: durationMs(jitter) }),
    ...(oneWay === undefined ? {} : { oneWay }),
    ...(afterWork === undefined ? {} : { afterWork }),
  };
}

interface Flags {
  latency?: string;
  jitter?: string;
  one_way?: boolean;
  after_work?: boolean;
}

/** In the unit of the figure; a time counts in milliseconds. */
export function resolveBounds({ min, max }: { min?: number | string | undefined; max?: number | string | undefined }): Bounds {
  return { min: resolveFigure(min), max: resolveFigure(max) };
}

/** The same of one bound; null for none. */
export function resolveFigure(figure: number | string | undefined): number | null {
  if (figure === undefined) return null;
  return typeof figure === 'number' ? figure : durationMs(figure);
}

function resolveAssertion({ id, metric, phase, min, max }: WrittenAssertion): Assertion {
  return { id, metric, phase: phase ?? EXPERIMENT_METRICS[metric].phases[0], ...resolveBounds({ min, max }) };
}

function resolveGuard(guard: WrittenGuard): Guardrail | null {
  if ('max_duration' in guard) return null;
  const forMs = durationMs(guard.for);
  if (guard.sli === 'success') return { sli: 'success', below: guard.below ?? 0, forMs };
  return { sli: 'p99_ms', above: resolveFigure(guard.above) ?? Infinity, forMs };
}

/** Orders per second, or a name for them. */
export function resolveRate(rate: string): ExperimentDocument['rate'] {
  return rate === 'peak' || rate === 'rest' ? rate : Number(rate.slice(0, -'/s'.length));
}

function phaseOf(phases: readonly WrittenPhase[], name: WrittenPhase['name']): WrittenPhase[] {
  return phases.filter((phase) => phase.name === name);
}
