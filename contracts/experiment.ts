/**
 * An experiment as programs take it: what is done when, and what must hold, with durations in milliseconds and all
 * that a document may leave out filled in. People write it as YAML (`experiment-schema.ts`). It runs no code of its
 * own, so it can be diffed, kept whole in a report and judged again later by `judge(records, journal, document)`.
 */
import type { ExperimentMetric, MeasuredPhase, SliMetric } from './experiment-metrics.ts';
import type { VerdictState } from './exit-codes.ts';
import type { FaultDetail, FaultVerb } from './faults.ts';
import type { AvailabilityZone } from './labels.ts';

/** In target and peer `${{ matrix.az }}` stands for the AZ under test, `${{ matrix.peer }}` for the AZ after it (az3's is az1). */
export interface ExperimentFault extends Omit<FaultDetail, 'peer'> {
  verb: FaultVerb;
  target: string;
  peer?: string;
}

/** Bounds of a figure, both in its unit and both allowed; null for none. */
export interface Bounds {
  min: number | null;
  max: number | null;
}

/** What must hold of a run, else it is FAIL. */
export interface Assertion extends Bounds {
  /** Unique in its document. */
  id: string;
  metric: ExperimentMetric;
  /** Null for the whole run. */
  phase: MeasuredPhase | null;
}

export interface Hypothesis {
  /** The claim that the run tries to disprove, one sentence. */
  text: string;
  /** The last milliseconds of the baseline in which `slis` must hold; a region that is not steady is NOT_READY. */
  windowMs: number;
  slis: readonly (Bounds & { metric: SliMetric })[];
}

/** When a run is stopped, healed and ABORTED: every whole second of the last `forMs` was beyond the bound. */
export type Guardrail = { sli: 'success'; below: number; forMs: number } | { sli: 'p99_ms'; above: number; forMs: number };

/** Milliseconds. A baseline is prolonged at low rates until it holds enough orders. */
export interface PhaseLengths {
  warmMs: number;
  baselineMs: number;
  faultMs: number;
  recoveryMs: number;
}

export interface ExperimentDocument {
  kind: 'Experiment';
  id: string;
  title: string;
  hypothesis: Hypothesis;
  /** Where it runs, one run each. */
  azs: readonly AvailabilityZone[];
  /** Orders per second, or a name for them: the designed peak, a tenth of it. */
  rate: number | 'peak' | 'rest';
  arm: 'balanced' | 'bare';
  /** Switches held for the whole run and turned back afterwards. */
  settings: { rescue?: boolean; ovens?: number };
  /** `required`: a region that cannot lose an AZ at this rate is NOT_READY. `waived`: it is run all the same. */
  headroom: 'required' | 'waived';
  /** Faults that are made before the baseline and healed after the recovery: the state of the region in which the fault strikes. */
  given: readonly ExperimentFault[];
  fault: ExperimentFault;
  guardrails: readonly Guardrail[];
  /** Of the whole run, warm phase included; null for as long as it takes. */
  maxDurationMs: number | null;
  phases: PhaseLengths;
  /** The recovery ends when the AZs share the orders evenly again, after its length at the latest; null: it lasts its length. */
  until: 'balanced' | null;
  assertions: readonly Assertion[];
  /** What every run of it ends in: FAIL of a control arm, which shows what the mechanism prevents; ABORTED of a rehearsal. */
  expect: VerdictState;
}

/** Measures what an AZ can take; what a knee is does not differ from document to document (DESIGN, section 2). */
export interface KneeSearchDocument {
  kind: 'KneeSearch';
  id: string;
  title: string;
  /** What is looked for, one sentence. */
  question: string;
  azs: readonly AvailabilityZone[];
}

export type AnyDocument = ExperimentDocument | KneeSearchDocument;
