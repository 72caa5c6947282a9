/**
 * An experiment as programs take it: what is done when, and what must hold, with durations in milliseconds and all
 * that a document may leave out filled in. People write it as YAML (`experiment-schema.ts`). It runs no code of its
 * own, so it can be diffed, kept whole in a report and judged again later by `judge(records, journal, document)`.
 * As a schema, because it also comes over the wire (`runs.ts`), from whoever is allowed to break the region.
 */
import { Type, type Static } from 'typebox';
import { EXPERIMENT_METRICS, MEASURED_PHASES, SLI_METRICS, type ExperimentMetric, type SliMetric } from './experiment-metrics.ts';
import { FAULT_VERBS, FaultDetailSchema } from './faults.ts';
import { Az, Nullable } from './json-types.ts';
import { AVAILABILITY_ZONES } from './labels.ts';

const CLOSED = { additionalProperties: false } as const;
export const DURATION_MS_MAX = 24 * 3_600_000;
export const ENTRIES_MAX = 100;
export const RATE_MAX = 20_000;

const Name = Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' });
const Sentence = Type.String({ minLength: 1, maxLength: 300 });
const DurationMs = Type.Number({ minimum: 0, maximum: DURATION_MS_MAX });
/** Where it runs, one AZ after the other. */
const Azs = Type.Array(Az, { minItems: 1, maxItems: AVAILABILITY_ZONES.length, uniqueItems: true });
/** An AZ, or with a placeholder for one. */
const Place = Type.String({ minLength: 1, maxLength: 80 });

/** In target and peer `${{ matrix.az }}` stands for the AZ under test, `${{ matrix.peer }}` for the AZ after it (az3's is az1). */
const FaultSchema = Type.Object(
  { ...FaultDetailSchema.properties, verb: Type.Enum([...FAULT_VERBS]), target: Place, peer: Type.Optional(Place) },
  CLOSED,
);
export type ExperimentFault = Static<typeof FaultSchema>;

/** Bounds of a figure, both in its unit and both allowed; null for none. */
const BoundFields = { min: Nullable(Type.Number()), max: Nullable(Type.Number()) };
export interface Bounds {
  min: number | null;
  max: number | null;
}

/** What must hold of a run, else it is FAIL. */
const AssertionSchema = Type.Object(
  {
    /** Unique in its document. */
    id: Name,
    metric: Type.Enum(Object.keys(EXPERIMENT_METRICS) as ExperimentMetric[]),
    /** Null for the whole run. */
    phase: Nullable(Type.Enum([...MEASURED_PHASES])),
    ...BoundFields,
  },
  CLOSED,
);
export type Assertion = Static<typeof AssertionSchema>;

const HypothesisSchema = Type.Object(
  {
    /** The claim that the run tries to disprove, one sentence. */
    text: Sentence,
    /** The last milliseconds of the baseline in which `slis` must hold; a region that is not steady is NOT_READY. */
    windowMs: DurationMs,
    slis: Type.Array(Type.Object({ metric: Type.Enum(Object.keys(SLI_METRICS) as SliMetric[]), ...BoundFields }, CLOSED), { maxItems: ENTRIES_MAX }),
  },
  CLOSED,
);

/** When a run is stopped, healed and ABORTED: every whole second of the last `forMs` was beyond the bound. */
const GuardrailSchema = Type.Union([
  Type.Object({ sli: Type.Literal('success'), below: Type.Number(), forMs: DurationMs }, CLOSED),
  Type.Object({ sli: Type.Literal('p99_ms'), above: Type.Number(), forMs: DurationMs }, CLOSED),
]);
export type Guardrail = Static<typeof GuardrailSchema>;

/** Milliseconds. A baseline is prolonged at low rates until it holds enough orders. */
const PhaseLengthsSchema = Type.Object({ warmMs: DurationMs, baselineMs: DurationMs, faultMs: DurationMs, recoveryMs: DurationMs }, CLOSED);
export type PhaseLengths = Static<typeof PhaseLengthsSchema>;

export const ExperimentDocumentSchema = Type.Object(
  {
    kind: Type.Literal('Experiment'),
    id: Name,
    title: Sentence,
    hypothesis: HypothesisSchema,
    /** Where it runs, one run each. */
    azs: Azs,
    /** Orders per second, or a name for them: the designed peak, a tenth of it. */
    rate: Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: RATE_MAX }), Type.Literal('peak'), Type.Literal('rest')]),
    arm: Type.Enum(['balanced', 'bare']),
    /** Switches held for the whole run and turned back afterwards. */
    settings: Type.Object({ rescue: Type.Optional(Type.Boolean()), ovens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }, CLOSED),
    /** `required`: a region that cannot lose an AZ at this rate is NOT_READY. `waived`: it is run all the same. */
    headroom: Type.Enum(['required', 'waived']),
    /** Faults that are made before the baseline and healed after the recovery: the state of the region in which the fault strikes. */
    given: Type.Array(FaultSchema, { maxItems: ENTRIES_MAX }),
    fault: FaultSchema,
    guardrails: Type.Array(GuardrailSchema, { maxItems: ENTRIES_MAX }),
    /** Of the whole run, warm phase included; null for as long as it takes. */
    maxDurationMs: Nullable(DurationMs),
    phases: PhaseLengthsSchema,
    /** The recovery ends when the AZs share the orders evenly again, after its length at the latest; null: it lasts its length. */
    until: Nullable(Type.Literal('balanced')),
    assertions: Type.Array(AssertionSchema, { maxItems: ENTRIES_MAX }),
    /** What every run of it ends in: FAIL of a control arm, which shows what the mechanism prevents; ABORTED of a rehearsal. */
    expect: Type.Enum(['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY', 'ERROR']),
  },
  CLOSED,
);
export type ExperimentDocument = Static<typeof ExperimentDocumentSchema>;

/** Measures what an AZ can take; what a knee is does not differ from document to document (DESIGN, section 2). */
export const KneeSearchDocumentSchema = Type.Object(
  {
    kind: Type.Literal('KneeSearch'),
    id: Name,
    title: Sentence,
    /** What is looked for, one sentence. */
    question: Sentence,
    azs: Azs,
  },
  CLOSED,
);
export type KneeSearchDocument = Static<typeof KneeSearchDocumentSchema>;

/** Experiments with one verdict. */
export interface SuiteDocument {
  kind: 'Suite';
  id: string;
  title: string;
  /** Each once. */
  experiments: readonly SuiteMember[];
  /** How long a result counts. */
  maxAgeMs: number;
}

export interface SuiteMember {
  /** Its name, or the path of its file from where the suite lies. */
  experiment: string;
  /** It does not decide. */
  isAdvisory: boolean;
  /** In the score, above 0. */
  weight: number;
}

export type AnyDocument = ExperimentDocument | KneeSearchDocument | SuiteDocument;
