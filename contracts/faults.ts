/**
 * What can be broken, and the bodies of the HTTP API (`/v1/…`) by which it is. A fault names one target: an AZ, a
 * data centre or a replica. Every fault has a lease; what nobody renews heals by itself.
 */
import { Type, type Static } from 'typebox';
import type { ErrorCode } from './errors.ts';
import { AVAILABILITY_ZONES } from './labels.ts';
import type { HealthReason, TargetState } from './events.ts';

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

/** What a verb takes beside its target. Nothing else may be given with a verb than what is its own. */
const DetailFields = {
  /** `slow`, `lag`: added to every request, milliseconds; required. */
  latencyMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
  /** `slow`, `lag`: each delay is drawn from latency ± jitter, milliseconds. */
  jitterMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
  /** `cut`: the other AZ; required. */
  peer: Type.Optional(Type.Enum([...AVAILABILITY_ZONES])),
  /** `cut`: only the connections that the target opens to the peer. */
  oneWay: Type.Optional(Type.Boolean()),
  /** `cut`: connections are refused; else they are accepted and hear nothing. */
  refuse: Type.Optional(Type.Boolean()),
  /** `flaky`: share of the connections that are reset, above 0 and up to 1; default {@link FLAKY_SHARE}. */
  share: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  /**
   * `kill` of a whole AZ: all of it is frozen, leaves its networks and is then killed, so that nobody hears a FIN or an
   * RST: a power loss. `isolate`: every way falls silent, then its link leaves its networks: a black hole. Only where the
   * body has networks to leave.
   */
  silent: Type.Optional(Type.Boolean()),
  /** `fail`: share of the requests that fail, above 0 and up to 1; required. */
  rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  /** `fail`: status of the error, default {@link FAIL_STATUS}. */
  status: Type.Optional(Type.Enum([500, 503])),
  /** `fail`: the error comes after the work was done, in place of its result. */
  afterWork: Type.Optional(Type.Boolean()),
  /** `fail`, `lag`: which service of an AZ or a data centre, default the one that customers reach first. */
  service: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** `lie`: what health says; required. */
  health: Type.Optional(Type.Enum(['well', 'ill'])),
};
export const FaultDetailSchema = Type.Object(DetailFields, { additionalProperties: false });
export const FLAKY_SHARE = 0.3;
export const FAIL_STATUS = 503;

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
    /** `az1`, `az1-dc2` or an endpoint's name such as `az1-kitchen-a`. */
    target: Type.String({ minLength: 1, maxLength: 64 }),
    ...DetailFields,
    /** Milliseconds until it heals by itself; default {@link HAND_LEASE_MS}. */
    leaseMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: LEASE_MS_MAX })),
    /** Shown in `status`. */
    reason: Type.Optional(Type.String({ maxLength: REASON_LENGTH_MAX })),
    /** Default `operator`: a person at the command line or the API. */
    holder: Type.Optional(Type.Enum([...HOLDERS])),
    /** Name of the holder; those of one rank and name share an AZ. */
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  },
  { additionalProperties: false },
);
export type FaultRequest = Static<typeof FaultRequestSchema>;
/** What of a request says how, not where or how long. */
export type FaultDetail = Static<typeof FaultDetailSchema>;

/** What ends a fault, by name. Derived from the fault, never asked for. */
export interface Inverse {
  /** Components that are to run again, on their networks. */
  restore: string[];
  /** Ways, `<link>/<proxy>`, that are to be free of it. */
  clear: string[];
  /** AZs that are to be back in rotation. */
  unshift: string[];
  /** Services that are to do right again. */
  amend: string[];
}

/** Answer of `POST /v1/faults`, and an entry of `status`. */
export interface Fault {
  id: string;
  verb: FaultVerb;
  target: string;
  /** What the verb was given beside its target; often empty. */
  detail: FaultDetail;
  /** Endpoint names that the target resolved to; of a fault on links, the ways it acts on, `<link>/<proxy>`. */
  members: string[];
  reason: string | null;
  holder: Holder;
  /** Name of the holder; null where none was given. */
  by: string | null;
  /** Wall clock, when the first member was acted on. */
  startedMs: number;
  /** Milliseconds between the first and the last member. */
  skewMs: number;
  leaseEndsMs: number;
  state: 'active' | 'healing';
  /** Balancers that a shift, links that a fault on links, or services that a fault in services has not reached (dead, frozen); it reaches them when they are back, while it lasts. Absent means none. */
  pending?: { name: string; reason: string }[];
}

/** Something that is not as the description has it, by inspection. */
export interface Residue {
  /** Endpoint name, or `switches`. */
  name: string;
  reason: string;
}

/** Answer of `GET /v1/residue`, whatever the faults that are held: empty for a region that is whole. */
export interface ResidueAnswer {
  residue: Residue[];
  /** Wall clock. */
  atMs: number;
}

/** Answer of `POST /v1/faults?dryRun=true`: what the fault would be. Nothing was changed. */
export interface FaultPlan extends Pick<Fault, 'verb' | 'target' | 'detail' | 'members' | 'reason' | 'holder' | 'by'> {
  leaseMs: number;
  inverse: Inverse;
  /** Faults of lower holders that would be healed first. */
  takesOver: Pick<Fault, 'id' | 'verb' | 'target' | 'detail' | 'holder' | 'by'>[];
  /** Why it would be refused as things are; null when it would be made. */
  refusal: { code: ErrorCode; message: string } | null;
}

/** Body of `PUT /v1/lever`. Blocking needs a reason; it also ends what experiments hold. */
export const LeverRequestSchema = Type.Object(
  { blocked: Type.Boolean(), reason: Type.Optional(Type.String({ minLength: 1, maxLength: REASON_LENGTH_MAX })) },
  { additionalProperties: false },
);
export type LeverRequest = Static<typeof LeverRequestSchema>;

/** Answer of `GET` and `PUT /v1/lever`, and a part of `status`: whether new faults are blocked. Heals and renewals never are. */
export interface Lever {
  blocked: boolean;
  /** Both null while nothing is blocked; `sinceMs` is wall clock. */
  reason: string | null;
  sinceMs: number | null;
}

/** Body of `POST /v1/heal`; without a target everything heals. Needs no state: it goes by inspection. */
export const HealRequestSchema = Type.Object(
  { target: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) },
  { additionalProperties: false },
);
export interface HealAnswer {
  /** Endpoint names that were brought back. */
  healed: string[];
  /** What could not be healed, with the reason. Empty means nothing is broken any more. */
  remains: Residue[];
  /**
   * Wall clock, when every inverse was acknowledged: what was frozen goes on, links carry no fault, services do right, balancers
   * know that a shift is over, and what is dead has its start ordered. Of what remains it says nothing.
   */
  acknowledgedMs: number;
  /** Wall clock, when everything that was healed ran again: what is dead starts a few at a time. */
  atMs: number;
}

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
    /** Orders per second; each brings one menu read. */
    ratePerSecond: Type.Number({ minimum: 0, maximum: 20_000 }),
    /** A higher rate is reached evenly over so many milliseconds, a lower one at once; default 0. A seed begins its sequence at the full rate. */
    overMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    arm: Type.Optional(Type.Enum(['balanced', 'bare'])),
    /** Seeds the arrival times; default keeps the current sequence going. */
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 })),
  },
  { additionalProperties: false },
);
export type TrafficRequest = Static<typeof TrafficRequestSchema>;

/** Body of `PUT /v1/settings`: switches that an experiment turns, back to the description's value on `null`. */
export const SettingsRequestSchema = Type.Object(
  {
    /** Stall rescue of every balancer. */
    rescue: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    /** Ovens of every kitchen. */
    ovens: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 1000 }), Type.Null()])),
  },
  { additionalProperties: false },
);
export type SettingsRequest = Static<typeof SettingsRequestSchema>;

/** One balancer's opinion of one target: an entry of `GET /targets`. */
export interface TargetOpinion {
  target: string;
  zone: string | null;
  state: TargetState;
  reason: HealthReason;
  sinceMs: number;
  inFlight: number;
  /** Peak EWMA of the latency, milliseconds. */
  ewmaMs: number;
  /** Share of its full weight, 0..1 (slow start). */
  weight: number;
}
export interface UpstreamOpinion {
  upstream: string;
  failOpen: boolean;
  /** Share of own-zone traffic sent to other zones, 0..1. */
  spill: number;
  shiftedZones: { zone: string; untilMs: number; reason: string }[];
  targets: TargetOpinion[];
}
