/**
 * Runs of experiments as the controller's API has them (`/v1/runs`), searches for what an AZ can take among them
 * (`POST /v1/searches`). One of a region at a time; what it found is its report, file by file. Who follows a run, or the region, is told of what happens by server-sent events.
 */
import { Type, type Static } from 'typebox';
import { CapacityConditionsSchema, CapacityEvidenceSchema, CapacityProbeSchema } from './capacity.ts';
import { ExperimentDocumentSchema, KneeSearchDocumentSchema } from './experiment.ts';
import { FaultSchema, LeverSchema } from './faults.ts';
import { ToldEventSchema, type ToldEvent } from './journal.ts';
import { Az, Nullable, WallMs } from './json-types.ts';
import { AVAILABILITY_ZONES } from './labels.ts';

const CLOSED = { additionalProperties: false } as const;
const TIMEOUT_MS_MAX = 24 * 3_600_000;
const PROBES_MAX = 200;

const State = Type.Enum(['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY', 'ERROR']);

export const RunIdSchema = Type.String({ pattern: '^r[0-9]{1,15}$' });

/** Body of `POST /v1/runs`. */
export const RunRequestSchema = Type.Object(
  {
    document: ExperimentDocumentSchema,
    azs: Type.Optional(Type.Array(Az, { minItems: 1, maxItems: AVAILABILITY_ZONES.length, uniqueItems: true, description: "One run each, in this order; default the first of the document's" })),
    ratePerSecond: Type.Optional(Type.Number({ minimum: 1, maximum: 20_000, description: "Orders; default the document's, where the designed peak is that of the model" })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'Of the arrival times; default 1' })),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: TIMEOUT_MS_MAX, description: 'What still runs after so many milliseconds is ABORTED' })),
    allowInconclusive: Type.Optional(Type.Boolean({ description: 'A run that could not tell counts as PASS in outcome' })),
    attached: Type.Optional(Type.Boolean({ description: 'It is aborted when nobody has followed its events for some seconds; default false' })),
    /** What an AZ is rated for, where whoever asks has measured it; default the model's. */
    capacity: Type.Optional(Type.Object({ ratedPerAz: Type.Number({ exclusiveMinimum: 0 }), source: Type.Enum(['measured', 'model']) }, CLOSED)),
    /** Of the checkout that the evidence is about. */
    commit: Type.Optional(Nullable(Type.String({ pattern: '^[0-9a-f]{40,64}$' }))),
    replay: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'What is to be typed to do it again' })),
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
  endedMs: WallMs,
  verdict: Nullable(State, { description: 'The worst that came out, as it is called; null without any' }),
  /** The state whose exit code is due. */
  outcome: State,
  trouble: Nullable(TroubleSchema),
});
export type RunEnd = Static<typeof RunEndSchema>;

/** Answer of `POST` and `GET /v1/runs/:id`, and an entry of `GET /v1/runs`. */
export const RunSchema = Type.Object({
  id: RunIdSchema,
  state: Type.Enum(['running', 'ending', 'ended'], { description: 'ending: it was stopped, and what it broke is being healed' }),
  ...RunAboutSchema.properties,
  askedMs: WallMs,
  now: Nullable(Type.Object({ az: Az, phase: Type.String(), sinceMs: WallMs }), { description: 'Where it is; null before the first phase and after the end' }),
  end: Nullable(RunEndSchema),
  files: Type.Array(Type.Object({ path: Type.String(), bytes: Type.Integer() }), { description: 'Of its report, which can be fetched at /v1/runs/<id>/report/<path>' }),
});
export type Run = Static<typeof RunSchema>;
export type RunAbout = Static<typeof RunAboutSchema>;

/** Answer of `GET /v1/runs`. */
export const RunListSchema = Type.Object({ runs: Type.Array(RunSchema) });

/** What a person is shown while it runs, once a second. Counts are orders of one settled second, then of the run since its baseline. */
const LiveFiguresSchema = Type.Object({
  what: Type.String({ description: 'The phase, in the fault phase what was done' }),
  elapsedS: Type.Integer({ description: 'Of the phase' }),
  offered: Type.Integer({ description: 'Orders of the last second that is settled' }),
  answered: Type.Integer({ description: 'Of these' }),
  shares: Type.Record(Type.String(), Type.Number(), { description: 'Share of the answered that each AZ had, 0..1' }),
  run: Nullable(Type.Object({ offered: Type.Integer(), failed: Type.Integer() }), { description: 'Orders since the baseline began; null before' }),
});
export type LiveFigures = Static<typeof LiveFiguresSchema>;

/** Parts of a run's journal that are told as they happen. */
export const TOLD_TYPES: readonly ToldEvent['type'][] = ToldEventSchema.anyOf.map(({ properties }) => properties.type.const);

const Of = { run: RunIdSchema, atMs: WallMs };
/** Data of a run's events, each named by its type. */
const LASTING = [
  Type.Object({ type: Type.Literal('run.started'), ...Of, about: RunAboutSchema }),
  Type.Object({ type: Type.Literal('run.told'), ...Of, text: Type.String({ description: 'What a person should know beside it, such as what it waits for; one sentence' }) }),
  Type.Intersect([ToldEventSchema, Type.Object({ run: RunIdSchema, az: Type.String() })]),
  Type.Object({ type: Type.Literal('probe.done'), ...Of, az: Type.String(), evidence: CapacityEvidenceSchema }, { description: 'All that a search found out until now; the last of the probes is the one that is over' }),
  Type.Object({ type: Type.Literal('verdict.found'), ...Of, az: Type.String(), verdict: State, fault: Type.String(), reasons: Type.Array(Type.String()) }),
  Type.Object({ type: Type.Literal('run.ended'), ...Of, end: RunEndSchema }, { description: 'The last one of a run' }),
] as const;

/** Told so often that only whoever follows the run is told. */
const LiveRunEventSchema = Type.Union([
  Type.Object({ type: Type.Literal('figures'), ...Of, az: Type.String(), figures: LiveFiguresSchema }, { description: 'Once a second' }),
  Type.Object(
    { type: Type.Literal('probe.going'), ...Of, az: Type.String(), probe: Type.Integer(), ratePerSecond: Type.Number(), orders: Type.Integer(), missed: Type.Integer(), remainingS: Type.Number() },
    { description: 'A search tries a rate, once a second: how many orders of it have settled, and how many of those took too long' },
  ),
]);
export type LiveRunEvent = Static<typeof LiveRunEventSchema>;

export const RunEventSchema = Type.Union([...LASTING, ...LiveRunEventSchema.anyOf]);
export type RunEvent = Static<typeof RunEventSchema>;
/** Those that are not live. */
export type LastingRunEvent = Exclude<RunEvent, LiveRunEvent>;

/** Data of the region's events: those of its runs but for what is live, and what the injector holds. */
export const RegionEventSchema = Type.Union([
  ...LASTING,
  Type.Object({ type: Type.Enum(['fault.made', 'fault.over']), atMs: WallMs, fault: FaultSchema }),
  Type.Object({ type: Type.Literal('fault.lapsed'), atMs: WallMs, fault: FaultSchema }, { description: 'Its lease ended' }),
  Type.Object({ type: Type.Literal('lever.set'), atMs: WallMs, lever: LeverSchema }),
  Type.Object({ type: Type.Enum(['injector.lost', 'injector.found']), atMs: WallMs }, { description: 'The injector does not answer, or does again' }),
]);
export type RegionEvent = Static<typeof RegionEventSchema>;

/** Events were dropped between the last that was heard and the next: the buffer is bounded. */
export const GAP_EVENT = 'events.dropped';
export const GapEventSchema = Type.Object({ type: Type.Literal(GAP_EVENT) });
