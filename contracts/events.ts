/**
 * What a balancer tells the world when its opinion changes. The same words stand in the log line, the
 * metric label, `GET /events` of the admin address and the timeline of a verdict.
 */
import { Type, type Static } from 'typebox';
import { Nullable, WallMs } from './json-types.ts';

export const TargetStateSchema = Type.Enum(['unknown', 'up', 'doubtful', 'down', 'returning']);
export type TargetState = Static<typeof TargetStateSchema>;

/** Why a target is in its state: the first failed evidence, in one word. */
export const HealthReasonSchema = Type.Enum([
  'first-round', // not probed yet
  'probe-ok',
  'probe-timeout',
  'probe-refused', // refused, reset or unreachable: nobody accepts connections there
  'probe-status', // answered, but not 2xx
  'wrong-instance', // the address answers with another instance id
  'draining',
  'transport-failures', // live requests were reset or refused
  'try-timeout', // live requests went unanswered (front door only)
  'stalled', // nothing came back while something was in flight, and a probe failed
  'restarted', // boot id changed
]);
export type HealthReason = Static<typeof HealthReasonSchema>;

const Target = { target: Type.String(), zone: Nullable(Type.String()) };
const Judged = { ...Target, reason: HealthReasonSchema };
const Counted = { usable: Type.Integer(), total: Type.Integer() };

const BalancerEventSchema = Type.Union([
  Type.Object({ type: Type.Literal('target.probe-failed'), ...Judged }),
  Type.Object({ type: Type.Literal('target.doubted'), ...Judged }),
  Type.Object({ type: Type.Literal('target.ejected'), ...Judged }),
  Type.Object({ type: Type.Literal('target.returned'), ...Judged }),
  Type.Object({ type: Type.Literal('request.rescued'), requestId: Type.String(), ...Target, silentMs: Type.Number() }),
  Type.Object({ type: Type.Literal('request.retried'), requestId: Type.String(), ...Target, reason: Type.String() }),
  Type.Object({ type: Type.Literal('retry.refused'), requestId: Type.String(), reason: Type.Enum(['budget', 'not-replayable', 'no-other-target', 'retried-below']) }),
  Type.Object({ type: Type.Literal('zone.shifted'), zone: Type.String(), untilMs: WallMs, reason: Type.String() }),
  Type.Object({ type: Type.Literal('zone.shift-ended'), zone: Type.String(), reason: Type.Enum(['expired', 'cancelled']) }),
  Type.Object({ type: Type.Literal('zone.spill-changed'), zone: Type.String(), share: Type.Number({ description: '0..1' }), utilisation: Type.Number() }),
  Type.Object({ type: Type.Literal('fail-open.entered'), ...Counted }),
  Type.Object({ type: Type.Literal('fail-open.left'), ...Counted }),
  Type.Object({ type: Type.Literal('lag.discarded'), lagMs: Type.Number() }),
]);
export type BalancerEvent = Static<typeof BalancerEventSchema>;

/** An event as a program publishes it: stamped once, by the program that made it. */
export const StampedEventSchema = Type.Intersect([
  BalancerEventSchema,
  Type.Object({
    atMs: WallMs,
    balancer: Type.String({ description: 'Endpoint name of the balancer' }),
    upstream: Type.String({ description: 'Service that it was choosing for: load-balancer, storefront, kitchen' }),
    seq: Type.Integer({ description: 'Grows by one per event of one process: "what came after" needs no clock' }),
  }),
]);
export type StampedEvent = Static<typeof StampedEventSchema>;
