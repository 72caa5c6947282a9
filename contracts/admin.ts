/**
 * The admin address of every program: `/metrics`, `/readyz`, `/healthz`, and for balancers
 * `GET /targets`, `GET /events?after=<seq>`, `PUT|DELETE /shifts/:zone`, `PUT /settings`.
 * Never reachable by customers.
 */
import { Type, type Static } from 'typebox';
import type { StampedEvent } from './events.ts';
import type { UpstreamOpinion } from './faults.ts';

/** Body of `PUT /shifts/:zone`: a zonal shift always ends by itself. */
export const ShiftSchema = Type.Object(
  { untilMs: Type.Number({ minimum: 0 }), reason: Type.String({ maxLength: 200 }) },
  { additionalProperties: false },
);
export type Shift = Static<typeof ShiftSchema>;

/** Body of a balancer's `PUT /settings`. */
export const BalancerSettingsSchema = Type.Object({ rescue: Type.Boolean() }, { additionalProperties: false });

/** Body of a kitchen's `PUT /ovens`. */
export const OvensSchema = Type.Object({ ovens: Type.Integer({ minimum: 1, maximum: 1000 }) }, { additionalProperties: false });

/** Answer of `GET /targets`. */
export interface TargetsAnswer {
  upstreams: UpstreamOpinion[];
}

/** Answer of `GET /events?after=<seq>`; `dropped` tells that older ones no longer are in memory. */
export interface EventsAnswer {
  events: StampedEvent[];
  nextSeq: number;
  dropped: boolean;
}

/** Answer of `GET /counters`: first attempts and all attempts since boot, for attempts per request. */
export interface CountersAnswer {
  upstreams: Record<string, { requests: number; failed: number; attempts: number; rescues: number; retries: number }>;
}

/** Answer of a kitchen's `GET /baked?after=<seq>`: keys in the order in which they left an oven. */
export interface BakedAnswer {
  keys: string[];
  nextSeq: number;
  dropped: boolean;
}
