/**
 * What can be broken, and the bodies of the HTTP API (`/v1/…`) by which it is. A fault names one target: an AZ, a
 * data centre or a replica. Every fault has a lease; what nobody renews heals by itself.
 */
import { Type, type Static } from 'typebox';
import { RefusalSchema } from './error-answer.ts';
import { HealthReasonSchema, TargetStateSchema } from './events.ts';
import { Nullable, WallMs } from './json-types.ts';
import { AVAILABILITY_ZONES } from './labels.ts';

/**
 * Verbs that break something. `shift` breaks nothing but takes an AZ out of rotation, with an expiry. Those of
 * {@link LINK_VERBS} are made on the links and take a whole AZ; the others take an AZ, a data centre or a replica.
 * Those of {@link SERVICE_VERBS} are made in the services, which run on.
 */
export const FAULT_VERBS = ['kill', 'freeze', 'shift', 'slow', 'isolate', 'cut', 'flaky', 'fail', 'lag', 'lie'] as const;
export type FaultVerb = (typeof FAULT_VERBS)[number];

/**
 * `slow`: delays what is asked on every way into or out of the AZ. `isolate`: silence on every one of them.
 * `cut`: no connection between two AZs. `flaky`: a share of the connections into or out of the AZ is reset.
 */
export const LINK_VERBS = ['slow', 'isolate', 'cut', 'flaky'] as const satisfies readonly FaultVerb[];
export type LinkVerb = (typeof LINK_VERBS)[number];

export function isLinkVerb(verb: FaultVerb): verb is LinkVerb {
  return (LINK_VERBS as readonly string[]).includes(verb);
}

/** `fail`: a share of what a service is asked gets an error. `lag`: the service itself is slow. `lie`: its health says what it was told to. */
export const SERVICE_VERBS = ['fail', 'lag', 'lie'] as const satisfies readonly FaultVerb[];
export type ServiceVerb = (typeof SERVICE_VERBS)[number];

export function isServiceVerb(verb: FaultVerb): verb is ServiceVerb {
  return (SERVICE_VERBS as readonly string[]).includes(verb);
}

export const FLAKY_SHARE = 0.3;
export const FAIL_STATUS = 503;

/** What a verb takes beside its target. Nothing else may be given with a verb than what is its own. */
const DetailFields = {
  latencyMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, description: 'slow, lag: added to every request, milliseconds; required' })),
  jitterMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'slow, lag: each delay is drawn from latency ± jitter, milliseconds' })),
  peer: Type.Optional(Type.Enum([...AVAILABILITY_ZONES], { description: 'cut: the other AZ; required' })),
  oneWay: Type.Optional(Type.Boolean({ description: 'cut: only the connections that the target opens to the peer' })),
  refuse: Type.Optional(Type.Boolean({ description: 'cut: connections are refused; else they are accepted and hear nothing' })),
  share: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description: `flaky: share of the connections that are reset, above 0 and up to 1; default ${FLAKY_SHARE}` })),
  /**
   * `kill` of a whole AZ: all of it is frozen, leaves its networks and is then killed, so that nobody hears a FIN or an
   * RST. `isolate`: every way falls silent, then its link leaves its networks.
   */
  silent: Type.Optional(Type.Boolean({ description: 'kill of a whole AZ: a power loss; isolate: a black hole. Only where the body has networks to leave' })),
  rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'fail: share of the requests that fail, above 0 and up to 1; required' })),
  status: Type.Optional(Type.Enum([500, 503], { description: `fail: status of the error, default ${FAIL_STATUS}` })),
  afterWork: Type.Optional(Type.Boolean({ description: 'fail: the error comes after the work was done, in place of its result' })),
  service: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'fail, lag: which service of an AZ or a data centre, default the one that customers reach first' })),
  health: Type.Optional(Type.Enum(['well', 'ill'], { description: 'lie: what health says; required' })),
};
export const FaultDetailSchema = Type.Object(DetailFields, { additionalProperties: false });

/** Whose faults there are, highest first: an AZ has one holder at a time, and a higher one takes it over. */
export const HOLDERS = ['operator', 'guardrail', 'suite'] as const;
export type Holder = (typeof HOLDERS)[number];

/** A fault made by hand lives this long; one made by an experiment lives {@link EXPERIMENT_LEASE_MS} past its last renewal. */
export const HAND_LEASE_MS = 10 * 60_000;
export const EXPERIMENT_LEASE_MS = 10_000;
export const LEASE_MS_MAX = 72 * 3_600_000;
export const REASON_LENGTH_MAX = 200;

/** Body of `POST /v1/faults`. */
export const FaultRequestSchema = Type.Object(
  {
    verb: Type.Enum([...FAULT_VERBS]),
    target: Type.String({ minLength: 1, maxLength: 64, description: "az1, az1-dc2 or an endpoint's name such as az1-kitchen-a" }),
    ...DetailFields,
    leaseMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: LEASE_MS_MAX, description: `Milliseconds until it heals by itself; default ${HAND_LEASE_MS}` })),
    reason: Type.Optional(Type.String({ maxLength: REASON_LENGTH_MAX, description: 'Shown in status' })),
    holder: Type.Optional(Type.Enum([...HOLDERS], { description: 'Default operator: a person at the command line or the API' })),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Name of the holder; those of one rank and name share an AZ' })),
  },
  { additionalProperties: false },
);
export type FaultRequest = Static<typeof FaultRequestSchema>;
/** What of a request says how, not where or how long. */
export type FaultDetail = Static<typeof FaultDetailSchema>;

const Names = (description: string) => Type.Array(Type.String(), { description });

/** What ends a fault, by name. Derived from the fault, never asked for. */
const InverseSchema = Type.Object({
  restore: Names('Components that are to run again, on their networks'),
  clear: Names('Ways, <link>/<proxy>, that are to be free of it'),
  unshift: Names('AZs that are to be back in rotation'),
  amend: Names('Services that are to do right again'),
});
export type Inverse = Static<typeof InverseSchema>;

/** Something that is not as the description has it, by inspection; or that was not told something yet. */
export const ResidueSchema = Type.Object({ name: Type.String({ description: 'Endpoint name, or "switches"' }), reason: Type.String() });
export type Residue = Static<typeof ResidueSchema>;

/** What was asked for, as it is held. */
const HeldFields = {
  verb: Type.Enum([...FAULT_VERBS]),
  target: Type.String(),
  detail: FaultDetailSchema,
  holder: Type.Enum([...HOLDERS]),
  by: Nullable(Type.String(), { description: 'Name of the holder; null where none was given' }),
};
const MadeFields = { ...HeldFields, members: Names('Endpoint names that the target resolved to; of a fault on links, the ways it acts on, <link>/<proxy>'), reason: Nullable(Type.String()) };

/** Answer of `POST /v1/faults`, and an entry of `status`. */
export const FaultSchema = Type.Object({
  id: Type.String(),
  ...MadeFields,
  startedMs: Type.Number({ description: 'Wall clock, when the first member was acted on' }),
  skewMs: Type.Number({ description: 'Milliseconds between the first and the last member' }),
  leaseEndsMs: Type.Number({ description: 'Wall clock, when it heals by itself' }),
  state: Type.Enum(['active', 'healing']),
  pending: Type.Optional(Type.Array(ResidueSchema, { description: 'Balancers, links or services that it has not reached (dead, frozen); it reaches them when they are back, while it lasts. Absent means none' })),
});
export type Fault = Static<typeof FaultSchema>;

/** Answer of `GET /v1/faults`. */
export const FaultListSchema = Type.Object({ faults: Type.Array(FaultSchema), atMs: WallMs });

/** Answer of `GET /v1/residue`, whatever the faults that are held: empty for a region that is whole. */
export const ResidueAnswerSchema = Type.Object({ residue: Type.Array(ResidueSchema), atMs: WallMs });
export type ResidueAnswer = Static<typeof ResidueAnswerSchema>;

/** Answer of `POST /v1/faults?dryRun=true`: what the fault would be. Nothing was changed. */
export const FaultPlanSchema = Type.Object({
  ...MadeFields,
  leaseMs: Type.Number(),
  inverse: InverseSchema,
  takesOver: Type.Array(Type.Object({ id: Type.String(), ...HeldFields }), { description: 'Faults of lower holders that would be healed first' }),
  refusal: Nullable(RefusalSchema),
});
export type FaultPlan = Static<typeof FaultPlanSchema>;

/** Body of `PUT /v1/lever`. Blocking needs a reason; it also ends what experiments hold. */
export const LeverRequestSchema = Type.Object(
  { blocked: Type.Boolean(), reason: Type.Optional(Type.String({ minLength: 1, maxLength: REASON_LENGTH_MAX })) },
  { additionalProperties: false },
);
export type LeverRequest = Static<typeof LeverRequestSchema>;

/** Answer of `GET` and `PUT /v1/lever`, and a part of `status`: whether new faults are blocked. Heals and renewals never are. */
export const LeverSchema = Type.Object({
  blocked: Type.Boolean(),
  reason: Nullable(Type.String(), { description: 'Null while nothing is blocked' }),
  sinceMs: Nullable(WallMs),
});
export type Lever = Static<typeof LeverSchema>;

/** Body of `POST /v1/heal`; without a target everything heals. Needs no state: it goes by inspection. */
export const HealRequestSchema = Type.Object(
  { target: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) },
  { additionalProperties: false },
);
export const HealAnswerSchema = Type.Object({
  healed: Names('Endpoint names that were brought back'),
  remains: Type.Array(ResidueSchema, { description: 'What could not be healed. Empty means nothing is broken any more' }),
  /**
   * What was frozen goes on, links carry no fault, services do right, balancers know that a shift is over, and what is dead
   * has its start ordered. Of what remains it says nothing.
   */
  acknowledgedMs: Type.Number({ description: 'Wall clock, when every inverse was acknowledged' }),
  atMs: Type.Number({ description: 'Wall clock, when everything that was healed ran again: what is dead starts a few at a time' }),
});
export type HealAnswer = Static<typeof HealAnswerSchema>;

/** Body of `PUT /v1/faults/:id/lease`: live this long from now. */
export const LeaseRequestSchema = Type.Object(
  { leaseMs: Type.Integer({ minimum: 1000, maximum: LEASE_MS_MAX }) },
  { additionalProperties: false },
);

/**
 * In this time traffic that a person asks for is reached. A step from rest to peak at programs that were just started,
 * and run slowly until they are compiled, piles up orders faster than two processors take them off again.
 */
export const TRAFFIC_RAMP_MS = 15_000;

/** Body of `PUT /v1/traffic`. */
export const TrafficRequestSchema = Type.Object(
  {
    ratePerSecond: Type.Number({ minimum: 0, maximum: 20_000, description: 'Orders; each brings one menu read' }),
    overMs: Type.Optional(Type.Integer({
      minimum: 0, maximum: 600_000,
      description: 'A higher rate is reached evenly over so many milliseconds, a lower one at once; default 0. A seed begins its sequence at the full rate',
    })),
    arm: Type.Optional(Type.Enum(['balanced', 'bare'])),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'Seeds the arrival times; default keeps the current sequence going' })),
  },
  { additionalProperties: false },
);
export type TrafficRequest = Static<typeof TrafficRequestSchema>;

/** Answer of `PUT /v1/traffic`: what customers do from now on, or after `overMs`. */
export const TrafficSchema = Type.Object({ ratePerSecond: Type.Number(), arm: Type.Enum(['balanced', 'bare']) });

/** Body of `PUT /v1/settings`: switches that an experiment turns, back to the description's value on `null`. */
export const SettingsRequestSchema = Type.Object(
  {
    rescue: Type.Optional(Nullable(Type.Boolean(), { description: 'Stall rescue of every balancer' })),
    ovens: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1000 }), { description: 'Ovens of every kitchen' })),
  },
  { additionalProperties: false },
);
export type SettingsRequest = Static<typeof SettingsRequestSchema>;

/** How the switches stand: a part of `status`. */
export const SettingsSchema = Type.Object({ rescue: Type.Boolean(), ovens: Nullable(Type.Integer(), { description: 'Of every kitchen; null where there are none' }) });

/** Answer of `PUT /v1/settings`. */
export const SettingsAnswerSchema = Type.Object({ ...SettingsSchema.properties, unreached: Type.Array(ResidueSchema, { description: 'Who has not been told; it is told when it is back' }) });

/** One balancer's opinion of one target: an entry of `GET /targets`. Inside a program its times are on that program's own clock. */
const TargetOpinionSchema = Type.Object({
  target: Type.String(),
  zone: Nullable(Type.String()),
  state: TargetStateSchema,
  reason: HealthReasonSchema,
  sinceMs: WallMs,
  inFlight: Type.Integer(),
  ewmaMs: Type.Number({ description: 'Peak EWMA of the latency' }),
  weight: Type.Number({ description: 'Share of its full weight, 0..1 (slow start)' }),
});
export type TargetOpinion = Static<typeof TargetOpinionSchema>;

export const UpstreamOpinionSchema = Type.Object({
  upstream: Type.String(),
  failOpen: Type.Boolean(),
  spill: Type.Number({ description: 'Share of own-zone traffic sent to other zones, 0..1' }),
  shiftedZones: Type.Array(Type.Object({ zone: Type.String(), untilMs: WallMs, reason: Type.String() })),
  targets: Type.Array(TargetOpinionSchema),
});
export type UpstreamOpinion = Static<typeof UpstreamOpinionSchema>;
