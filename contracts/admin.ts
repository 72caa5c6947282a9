/**
 * The admin address of every program: `/metrics`, `/readyz`, `/healthz`, and for balancers
 * `GET /targets`, `GET /events?after=<seq>`, `PUT|DELETE /shifts/:zone`, `PUT /settings`; for what takes customers'
 * requests inside an AZ, `GET|PUT /faults`. Never reachable by customers.
 */
import { Type, type Static, type TProperties } from 'typebox';
import type { BakedAnswerSchema, CountersAnswerSchema, EventsAnswerSchema, TargetsAnswerSchema } from './instance-answers.ts';

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

/** Wall clock, milliseconds since the epoch: when a service ends a fault by itself, whether its author lives or not. */
const UntilMs = Type.Number({ minimum: 0 });
const Part = <P extends TProperties>(properties: P) =>
  Type.Optional(Type.Union([Type.Object({ ...properties, untilMs: UntilMs }, { additionalProperties: false }), Type.Null()]));

/**
 * Body of `PUT /faults`, and answer of `GET /faults`: all that this service does wrong from now on, instead of what it was told before. A part that
 * is absent or null ends; `{}` ends everything.
 */
export const ServiceFaultPlanSchema = Type.Object(
  {
    /** A share of what arrives, health checks among it, is answered with an error: at once, or after the work was done. */
    fail: Part({
      rate: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
      status: Type.Enum([500, 503]),
      afterWork: Type.Boolean(),
    }),
    /** Everything that arrives, health checks among it, waits before it is looked at: latency ± jitter, milliseconds. */
    lag: Part({ latencyMs: Type.Integer({ minimum: 1, maximum: 60_000 }), jitterMs: Type.Integer({ minimum: 0, maximum: 60_000 }) }),
    /** What `/healthz` of the traffic address says, at once and whatever is true; the admin address goes on telling the truth. */
    lie: Part({ health: Type.Enum(['well', 'ill']) }),
  },
  { additionalProperties: false },
);
export type ServiceFaultPlan = Static<typeof ServiceFaultPlanSchema>;

/** Answer of `PUT /faults`. */
export interface ServiceFaultPlanAnswer {
  /** What it still did until now. */
  replaced: ServiceFaultPlan;
}

/** Answer of `GET /targets`. */
export type TargetsAnswer = Static<typeof TargetsAnswerSchema>;

/** Answer of `GET /events?after=<seq>`. */
export type EventsAnswer = Static<typeof EventsAnswerSchema>;

/** Answer of `GET /counters`: first attempts and all attempts since boot, for attempts per request. */
export type CountersAnswer = Static<typeof CountersAnswerSchema>;

/** Answer of a kitchen's `GET /baked?after=<seq>`. */
export type BakedAnswer = Static<typeof BakedAnswerSchema>;
