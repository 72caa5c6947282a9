/**
 * What a balancer tells the world when its opinion changes. The same words stand in the log line, the
 * metric label, `GET /events` of the admin address and the timeline of a verdict.
 */
export type TargetState = 'unknown' | 'up' | 'doubtful' | 'down' | 'returning';

/** Why a target is in its state: the first failed evidence, in one word. */
export type HealthReason =
  | 'first-round' // not probed yet
  | 'probe-ok'
  | 'probe-timeout'
  | 'probe-refused' // refused, reset or unreachable: nobody accepts connections there
  | 'probe-status' // answered, but not 2xx
  | 'wrong-instance' // the address answers with another instance id
  | 'draining'
  | 'transport-failures' // live requests were reset or refused
  | 'try-timeout' // live requests went unanswered (front door only)
  | 'stalled' // nothing came back while something was in flight, and a probe failed
  | 'restarted'; // boot id changed

export type BalancerEvent =
  | { type: 'target.probe-failed'; target: string; zone: string | null; reason: HealthReason }
  | { type: 'target.doubted'; target: string; zone: string | null; reason: HealthReason }
  | { type: 'target.ejected'; target: string; zone: string | null; reason: HealthReason }
  | { type: 'target.returned'; target: string; zone: string | null; reason: HealthReason }
  | { type: 'request.rescued'; requestId: string; target: string; zone: string | null; silentMs: number }
  | { type: 'request.retried'; requestId: string; target: string; zone: string | null; reason: string }
  | { type: 'retry.refused'; requestId: string; reason: 'budget' | 'not-replayable' | 'no-other-target' | 'retried-below' }
  | { type: 'zone.shifted'; zone: string; untilMs: number; reason: string }
  | { type: 'zone.shift-ended'; zone: string; reason: 'expired' | 'cancelled' }
  | { type: 'zone.spill-changed'; zone: string; share: number; utilisation: number }
  | { type: 'fail-open.entered'; usable: number; total: number }
  | { type: 'fail-open.left'; usable: number; total: number }
  | { type: 'lag.discarded'; lagMs: number };

/** An event as a program publishes it: stamped once, by the program that made it. */
export type StampedEvent = BalancerEvent & {
  /** Wall clock, milliseconds since the epoch. */
  atMs: number;
  /** Endpoint name of the balancer. */
  balancer: string;
  /** Service the balancer was choosing for (`load-balancer`, `storefront`, `kitchen`). */
  upstream: string;
  /** Grows by one per event of one process: "what came after" needs no clock. */
  seq: number;
};
