/**
 * Runs of experiments as the controller's API has them (`/v1/runs`), searches for what an AZ can take among them
 * (`POST /v1/searches`). One of a region at a time; what it found is its report, file by file. Who follows a run, or the region, is told of what happens by server-sent events.
 */
import { Type, type Static, type TSchema } from 'typebox';
import { CapacityConditionsSchema, CapacityProbeSchema, type CapacityEvidence } from './capacity.ts';
import { ExperimentDocumentSchema, KneeSearchDocumentSchema } from './experiment.ts';
import type { Fault, Lever } from './faults.ts';
import type { JournalEvent } from './journal.ts';
import { AVAILABILITY_ZONES } from './labels.ts';

const CLOSED = { additionalProperties: false } as const;
const TIMEOUT_MS_MAX = 24 * 3_600_000;
const PROBES_MAX = 200;

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Az = Type.Enum([...AVAILABILITY_ZONES]);
const State = Type.Enum(['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY', 'ERROR']);
/** Wall clock, milliseconds since the epoch. */
const AtMs = Type.Number();

export const RunIdSchema = Type.String({ pattern: '^r[0-9]{1,15}$' });

/** Body of `POST /v1/runs`. */
export const RunRequestSchema = Type.Object(
  {
    document: ExperimentDocumentSchema,
    /** One run each, in this order; default the first of the document's. */
    azs: Type.Optional(Type.Array(Az, { minItems: 1, maxItems: AVAILABILITY_ZONES.length, uniqueItems: true })),
    /** Orders per second; default the document's, where the designed peak is that of the model. */
    ratePerSecond: Type.Optional(Type.Number({ minimum: 1, maximum: 20_000 })),
    /** Of the arrival times; default 1. */
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 })),
    /** What still runs after so many milliseconds is ABORTED. */
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: TIMEOUT_MS_MAX })),
    /** A run that could not tell counts as PASS in `outcome`. */
    allowInconclusive: Type.Optional(Type.Boolean()),
    /** It is aborted when nobody has followed its events for some seconds; default false. */
    attached: Type.Optional(Type.Boolean()),
    /** What an AZ is rated for, where whoever asks has measured it; default the model's. */
    capacity: Type.Optional(Type.Object({ ratedPerAz: Type.Number({ exclusiveMinimum: 0 }), source: Type.Enum(['measured', 'model']) }, CLOSED)),
    /** Of the checkout that the evidence is about. */
    commit: Type.Optional(Nullable(Type.String({ pattern: '^[0-9a-f]{40,64}$' }))),
    /** What is to be typed to do it again. */
    replay: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  CLOSED,
);
export type RunRequest = Static<typeof RunRequestSchema>;

/** Body of `POST /v1/searches`. */
export const SearchRequestSchema = Type.Object(
  {
    document: KneeSearchDocumentSchema,
    /** In this order; default the document's. */
    azs: RunRequestSchema.properties.azs,
    seed: RunRequestSchema.properties.seed,
    attached: RunRequestSchema.properties.attached,
    commit: RunRequestSchema.properties.commit,
    /** What earlier searches found out. It counts where it was measured under the conditions of now. */
    known: Type.Optional(Type.Array(
      Type.Object({ conditions: CapacityConditionsSchema, probes: Type.Array(CapacityProbeSchema, { maxItems: PROBES_MAX }) }, CLOSED),
      { maxItems: 4 },
    )),
  },
  CLOSED,
);
export type SearchRequest = Static<typeof SearchRequestSchema>;

/** Why a run ended without a verdict, or with one that could not be kept. */
const TroubleSchema = Type.Object({ state: State, message: Type.String(), hint: Nullable(Type.String()) });

/** What was asked for. */
export const RunAboutSchema = Type.Object({
  experiment: Type.String(),
  title: Type.String(),
  expected: State,
  azs: Type.Array(Az),
  /** Of a search, where it begins. */
  ratePerSecond: Type.Number(),
  seed: Type.Integer(),
  attached: Type.Boolean(),
});

/** How it ended. */
export const RunEndSchema = Type.Object({
  endedMs: AtMs,
  /** The worst that came out, as it is called; null without any. */
  verdict: Nullable(State),
  /** The state whose exit code is due. */
  outcome: State,
  trouble: Nullable(TroubleSchema),
});
export type RunEnd = Static<typeof RunEndSchema>;

/** Answer of `POST` and `GET /v1/runs/:id`, and an entry of `GET /v1/runs`. */
export const RunSchema = Type.Object({
  id: RunIdSchema,
  /** `ending`: it was stopped, and what it broke is being healed. */
  state: Type.Enum(['running', 'ending', 'ended']),
  ...RunAboutSchema.properties,
  askedMs: AtMs,
  /** Where it is; null before the first phase and after the end. */
  now: Nullable(Type.Object({ az: Az, phase: Type.String(), sinceMs: AtMs })),
  end: Nullable(RunEndSchema),
  /** Of its report, which can be fetched at `/v1/runs/<id>/report/<path>`. */
  files: Type.Array(Type.Object({ path: Type.String(), bytes: Type.Integer() })),
});
export type Run = Static<typeof RunSchema>;
export type RunAbout = Static<typeof RunAboutSchema>;

export const RunListSchema = Type.Object({ runs: Type.Array(RunSchema) });

/** What a person is shown while it runs, once a second. Counts are orders of one settled second, then of the run since its baseline. */
export interface LiveFigures {
  /** The phase, in the fault phase what was done. */
  what: string;
  elapsedS: number;
  offered: number;
  answered: number;
  /** Share of the answered that each AZ had, 0..1. */
  shares: Record<string, number>;
  /** Null before the baseline. */
  run: { offered: number; failed: number } | null;
}

/** Parts of a run's journal that are told as they happen. */
export const TOLD_TYPES = [
  'given.made', 'given.healed', 'given.lost', 'phase.started', 'fault.injected', 'fault.healed', 'fault.lost', 'guardrail.tripped', 'evidence.lost', 'run.not-ready', 'run.aborted', 'run.failed',
] as const satisfies readonly JournalEvent['type'][];
type ToldEvent = Extract<JournalEvent, { type: (typeof TOLD_TYPES)[number] }>;

/** Data of a run's events, each named by its type. */
export type RunEvent = { run: string } & (
  | { type: 'run.started'; atMs: number; about: RunAbout }
  /** What a person should know beside it, such as what it waits for; one sentence. */
  | { type: 'run.told'; atMs: number; text: string }
  | (ToldEvent & { az: string })
  | { type: 'figures'; atMs: number; az: string; figures: LiveFigures }
  /** A search tries a rate, once a second: how many orders of it have settled, and how many of those took too long. */
  | { type: 'probe.going'; atMs: number; az: string; probe: number; ratePerSecond: number; orders: number; missed: number; remainingS: number }
  /** All that it found out until now; the last of the probes is the one that is over. */
  | { type: 'probe.done'; atMs: number; az: string; evidence: CapacityEvidence }
  | { type: 'verdict.found'; atMs: number; az: string; verdict: Static<typeof State>; fault: string; reasons: string[] }
  /** The last one. */
  | { type: 'run.ended'; atMs: number; end: RunEnd }
);

/** Told so often that only whoever follows the run is told. */
export type LiveRunEvent = Extract<RunEvent, { type: 'figures' | 'probe.going' }>;
/** The others. */
export type LastingRunEvent = Exclude<RunEvent, LiveRunEvent>;

/** Data of the region's events: those of its runs but for what is live, and what the injector holds. */
export type RegionEvent =
  | LastingRunEvent
  | { type: 'fault.made' | 'fault.over'; atMs: number; fault: Fault }
  /** Its lease ended. */
  | { type: 'fault.lapsed'; atMs: number; fault: Fault }
  | { type: 'lever.set'; atMs: number; lever: Lever }
  /** The injector does not answer, or does again. */
  | { type: 'injector.lost' | 'injector.found'; atMs: number };

/** Events were dropped between the last that was heard and the next: the buffer is bounded. */
export const GAP_EVENT = 'events.dropped';
