/**
 * What goes into the balanced client's composition (`balanced-client.ts`) and what comes out. The shell in
 * `kit/` turns sockets and timers into events and actions into sockets; the simulation does the same in
 * virtual time. Times are milliseconds of one monotonic clock.
 */
import type { BalancerEvent } from '#contracts/events.ts';
import type { HealthAnswer } from '#contracts/health.ts';
import type { GaveUp } from './retry/gave-up.ts';

/** One address that can take requests: a load-balancer node, a replica. */
export interface TargetSpec {
  /** Endpoint name; health answers must carry it as instance id (unless {@link checkInstance} is false). */
  id: string;
  /** Availability Zone; null where the target has none. */
  zone: string | null;
  /** False for foreign targets, whose health answers say nothing about themselves. */
  checkInstance: boolean;
}

/**
 * How an attempt or a probe failed on its way.
 * - `refused`: nobody accepts connections (ECONNREFUSED, EHOSTUNREACH, connect timeout): nothing was sent;
 * - `reset`: an established connection broke before the response was complete;
 * - `protocol`: the target answered with something that is not HTTP.
 */
export type TransportFailure = 'refused' | 'reset' | 'protocol';

export type ProbeResult =
  | { ok: true; rttMs: number; answer: HealthAnswer | null }
  | { ok: false; failure: 'timeout' | 'refused' | 'status'; rttMs: number; answer: HealthAnswer | null };

export type ClientEvent =
  | {
      type: 'request.arrived';
      requestId: string;
      /** May be sent a second time: idempotent or keyed, and its body is still held. */
      replayable: boolean;
      /** Milliseconds from now that the caller will wait; null for no limit. */
      budgetMs: number | null;
      /** Zone in which it failed at a hop above; null for none. */
      avoidZone: string | null;
    }
  /** The first byte of the attempt went out on a connected socket. */
  | { type: 'attempt.written'; attemptId: number }
  /** Response headers arrived. */
  | { type: 'attempt.responded'; attemptId: number; status: number; retriedBelow: boolean; gaveUp: GaveUp | null }
  /** More of the response body arrived. */
  | { type: 'attempt.progressed'; attemptId: number }
  /** The response, which was committed, is complete. */
  | { type: 'attempt.finished'; attemptId: number }
  | { type: 'attempt.failed'; attemptId: number; failure: TransportFailure }
  /** It could not be sent, for a reason that says nothing about the target: no file descriptor left, a header that may not be sent. */
  | { type: 'attempt.withdrawn'; attemptId: number; code: 'AZ_BAD_HEADER' | 'AZ_NO_TARGET' }
  /** The body can no longer be replayed (it outgrew what is held, or part of it streamed away). */
  | { type: 'request.committed'; requestId: string }
  /** The caller went away; its attempts are aborted and count for nothing. */
  | { type: 'request.cancelled'; requestId: string }
  | { type: 'probe.finished'; probeId: number; result: ProbeResult }
  /** Time passed: sent at `wakeAtMs` or later. `lagMs`: how late the shell's own timer was. */
  | { type: 'tick'; lagMs: number }
  | { type: 'targets.changed'; targets: readonly TargetSpec[] }
  | { type: 'zone.shifted'; zone: string; untilMs: number; reason: string }
  | { type: 'zone.shift-cancelled'; zone: string }
  | { type: 'rescue.switched'; on: boolean };

/** Why a request ends without a response; each is a code of the error catalogue. */
export type RequestFailure =
  | 'AZ_NO_TARGET'
  | 'AZ_BAD_HEADER'
  | 'AZ_ATTEMPT_FAILED'
  | 'AZ_RETRY_FAILED'
  | 'AZ_DEADLINE'
  | 'AZ_TRY_TIMEOUT';

export type ClientAction =
  /**
   * Send the request (again). `retriedFrom`: the AZ whose failure caused it, for `x-retried`. `budgetMs`: what is left of the
   * caller's patience. `avoidZone`: zone in which it failed, here or above, for `x-avoid-az`.
   */
  | {
      type: 'send';
      requestId: string;
      attemptId: number;
      targetId: string;
      attempt: 1 | 2;
      retriedFrom: string | null;
      budgetMs: number | null;
      avoidZone: string | null;
    }
  /** This attempt's response, maybe one that has waited, is the one: forward it. `retriedFrom` as above, null for a first attempt. */
  | { type: 'commit'; requestId: string; attemptId: number; retriedFrom: string | null }
  /** Give the attempt up: close its socket unless it is done. No further event of it is expected. */
  | { type: 'abort'; requestId: string; attemptId: number }
  /** No response will come. `committed`: part of one was forwarded already, so the caller's connection must break. */
  | { type: 'fail'; requestId: string; code: RequestFailure; committed: boolean; retriedFrom: string | null }
  | { type: 'probe'; probeId: number; targetId: string; timeoutMs: number; freshConnection: boolean }
  /** Destroy every socket to the target; its attempts were already dealt with. */
  | { type: 'destroy'; targetId: string }
  | { type: 'event'; event: BalancerEvent };
