/**
 * What an experiment can demand of its run: each metric with its unit, the parts of a run that it can be asked of, and
 * its definition, declared once for the schema, the judge and docs/experiments.md. All of it is computed from the
 * customers' records and, where it says so, from what balancers, the host and the injector told.
 */
import type { FigureUnit } from './verdict.ts';

/** Parts of a run that figures belong to; the warm phase has none. */
export const MEASURED_PHASES = ['baseline', 'fault', 'recovery'] as const;
export type MeasuredPhase = (typeof MEASURED_PHASES)[number];

export interface MetricDeclaration {
  unit: FigureUnit;
  /** Where it can be asked of, the default first; null is the whole run, from the baseline to the end of the recovery. */
  phases: readonly (MeasuredPhase | null)[];
  definition: string;
}

const ANYWHERE = [null, ...MEASURED_PHASES] as const;

/** Of the orders of a stretch of time alone, so that a hypothesis can be stated in them too. */
export const SLI_METRICS = {
  success: { unit: 'ratio', phases: ANYWHERE, definition: 'answered ÷ offered orders; answered is a 2xx within 1 s of the intended send time' },
  failed_ratio: { unit: 'ratio', phases: ANYWHERE, definition: 'failed ÷ offered orders' },
  p50_ms: { unit: 'ms', phases: ANYWHERE, definition: 'latency of answered orders from the intended send time to the last byte: half of them took no longer' },
  p99_ms: { unit: 'ms', phases: ANYWHERE, definition: 'the same: 99 % took no longer' },
  p99_9_ms: { unit: 'ms', phases: ANYWHERE, definition: 'the same: 99.9 % took no longer' },
  max_ms: { unit: 'ms', phases: ANYWHERE, definition: 'the same: the slowest' },
} as const satisfies Record<string, MetricDeclaration>;
export type SliMetric = keyof typeof SLI_METRICS;

export const EXPERIMENT_METRICS = {
  ...SLI_METRICS,
  failed_orders: { unit: 'orders', phases: ANYWHERE, definition: 'orders without a 2xx within 1 s of the intended send time' },
  failed_menus: { unit: 'menu reads', phases: [null], definition: 'menu reads without a 2xx within 1 s of the intended send time' },
  added_latency_ms: {
    unit: 'ms', phases: ['fault'],
    definition: "the slowest order of the fault minus the baseline's p99.9, each less its own oven time; orders that were under way when the fault struck belong to the fault",
  },
  moved_ms: { unit: 'ms', phases: ['fault'], definition: 'from the fault to the last order whose first attempt went to the AZ; only where a whole AZ is struck and customers are balanced' },
  time_to_steady: { unit: 'ms', phases: ['fault'], definition: 'from the fault to the first full second from which on every order was answered within 500 ms, and stayed so to the end of the phase' },
  time_to_eject: {
    unit: 'ms', phases: ['fault'],
    definition: "from the fault to the front door's word that the AZ is out of rotation; for a smaller target or a cut, to the last of the balancers concerned",
  },
  attempts_per_request: { unit: 'attempts', phases: [null], definition: "the front door's attempts ÷ requests in its worst 10 seconds; not for bare customers" },
  time_to_balanced: {
    unit: 'ms', phases: ['recovery'],
    definition: 'from the moment in which all that was broken ran again to the end of the third window of 300 orders in a row in which every AZ took 28-39 %',
  },
  serves_again_ms: { unit: 'ms', phases: ['recovery'], definition: 'from the beginning of healing to the first order that the AZ answered; only where a whole AZ is struck' },
  crossed_orders_per_second: {
    unit: 'orders/s', phases: ['baseline'],
    definition: 'orders of the AZ under test that its peer baked, before the way between the two was cut; too few are INCONCLUSIVE, since a cut that nobody crosses proves nothing',
  },
} as const satisfies Record<string, MetricDeclaration>;
export type ExperimentMetric = keyof typeof EXPERIMENT_METRICS;

/** Asked of every run. A run that does not hold one of them is INCONCLUSIVE: it proves nothing, or left something broken. */
export const STANDING_METRICS = {
  touched_orders: { unit: 'orders', phases: ['fault'], definition: 'orders that failed, were sent again or had to wait because of the fault; at least one' },
  no_residue: { unit: 'members', phases: ['recovery'], definition: 'what is still broken after healing; nothing' },
} as const satisfies Record<string, MetricDeclaration>;
export type StandingMetric = keyof typeof STANDING_METRICS;
