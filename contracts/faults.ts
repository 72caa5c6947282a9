/**
 * What can be broken, and the injector's HTTP API (`/v1/…`, port 8090). A fault names one target: an AZ, a
 * data centre or a replica. Every fault has a lease; what nobody renews heals by itself.
 */
import { Type, type Static } from 'typebox';
import type { CustomerSummary } from './records.ts';
import type { HealthReason, TargetState } from './events.ts';

/** Verbs that break something. `shift` breaks nothing but takes an AZ out of rotation, with an expiry. */
export const FAULT_VERBS = ['kill', 'freeze', 'shift'] as const;
export type FaultVerb = (typeof FAULT_VERBS)[number];

/** A fault made by hand lives this long; one made by an experiment lives {@link EXPERIMENT_LEASE_MS} past its last renewal. */
export const HAND_LEASE_MS = 10 * 60_000;
export const EXPERIMENT_LEASE_MS = 10_000;
export const LEASE_MS_MAX = 72 * 3_600_000;

/** Body of `POST /v1/faults`. */
export const FaultRequestSchema = Type.Object(
  {
    verb: Type.Enum([...FAULT_VERBS]),
    /** `az1`, `az1-dc2` or an endpoint's name such as `az1-kitchen-a`. */
    target: Type.String({ minLength: 1, maxLength: 64 }),
    /** Milliseconds until it heals by itself; default {@link HAND_LEASE_MS}. */
    leaseMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: LEASE_MS_MAX })),
    /** Shown in `status`. */
    reason: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type FaultRequest = Static<typeof FaultRequestSchema>;

/** Answer of `POST /v1/faults`, and an entry of `status`. */
export interface Fault {
  id: string;
  verb: FaultVerb;
  target: string;
  /** Endpoint names that the target resolved to. */
  members: string[];
  reason: string | null;
  /** Wall clock, when the first member was acted on. */
  startedMs: number;
  /** Milliseconds between the first and the last member. */
  skewMs: number;
  leaseEndsMs: number;
  state: 'active' | 'healing';
  /** Balancers that a shift has not reached (dead, frozen); it reaches them when they are back, while it lasts. Absent means none. */
  pending?: { name: string; reason: string }[];
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
  remains: { name: string; reason: string }[];
  /** Wall clock, when everything that was healed ran again. */
  atMs: number;
}

/** Body of `PUT /v1/faults/:id/lease`: live this long from now. */
export const LeaseRequestSchema = Type.Object(
  { leaseMs: Type.Integer({ minimum: 1000, maximum: LEASE_MS_MAX }) },
  { additionalProperties: false },
);

/** Body of `PUT /v1/traffic`. */
export const TrafficRequestSchema = Type.Object(
  {
    /** Orders per second; each brings one menu read. */
    ratePerSecond: Type.Number({ minimum: 0, maximum: 20_000 }),
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

/** What runs: an entry of `status`. */
export interface ComponentStatus {
  name: string;
  role: string;
  az: string | null;
  dc: string | null;
  /** `starting` until it is ready. */
  state: 'starting' | 'running' | 'frozen' | 'dead';
  pid: number | null;
  /** Proportional set size, bytes; null where the platform does not tell. */
  pssBytes: number | null;
  /** Share of one core over the last few seconds, 0..; null until two samples exist. */
  cpuShare: number | null;
}

/** Answer of `GET /v1/status`. */
export interface RegionStatus {
  region: string;
  body: 'compose' | 'embedded';
  atMs: number;
  urls: Record<string, string>;
  faults: Fault[];
  components: ComponentStatus[];
  /** Null while the customers cannot be asked. */
  customers: CustomerSummary | null;
  balancers: { balancer: string; az: string | null; upstreams: UpstreamOpinion[] | null }[];
  settings: { rescue: boolean; ovens: number | null };
}
