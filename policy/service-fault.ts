/**
 * Decides what befalls one request in a service that was told to do wrong. It guards against the fault that outlives
 * its author: each part of a plan has an end of its own, which needs nobody.
 *
 *   lie    health says well, or ill, at once and whatever is true; else health checks are struck like requests
 *   lag    wait = latency + jitter × (2 × dice − 1), never below 0
 *   fail   dice < rate: an error, before or after the work; each request for itself, so that none is spared for long
 *
 * Why checks are struck, too: they take the traffic's own path, and a service that refuses half of what it is asked
 * refuses half of its checks. A failure that checks do not see is two faults, `fail` and a lie.
 *
 * Reference: Huang et al., "Gray Failure: The Achilles' Heel of Cloud-Scale Systems", HotOS 2017.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import type { ErrorCode } from '#contracts/errors.ts';
import type { HealthAnswer } from '#contracts/health.ts';

const CODES = { 500: 'AZ_INJECTED_500', 503: 'AZ_INJECTED_503' } as const satisfies Record<number, ErrorCode>;

export interface Strike {
  /** Wait this long before the request is looked at, milliseconds, 0 or more. */
  waitMs: number;
  /** Answer with this error, instead of working or instead of the result; null for no error. */
  error: { code: (typeof CODES)[keyof typeof CODES]; afterWork: boolean } | null;
}

/**
 * What befalls a request or a health check; null for nothing.
 * @param plan its times are on the clock of `nowMs`
 */
export function strike(plan: ServiceFaultPlan, what: 'request' | 'check', nowMs: number, random: () => number): Strike | null {
  if (what === 'check' && lasting(plan.lie, nowMs) !== null) return null;
  const lag = lasting(plan.lag, nowMs);
  const fail = lasting(plan.fail, nowMs);
  const waitMs = lag === null ? 0 : Math.max(0, lag.latencyMs + lag.jitterMs * (2 * random() - 1));
  const error = fail === null || random() >= fail.rate ? null : { code: CODES[fail.status], afterWork: fail.afterWork };
  return waitMs === 0 && error === null ? null : { waitMs, error };
}

/** What health says of itself, where `status` would be true. */
export function toldStatus(plan: ServiceFaultPlan, status: HealthAnswer['status'], nowMs: number): HealthAnswer['status'] {
  const lie = lasting(plan.lie, nowMs);
  if (lie === null) return status;
  return lie.health === 'well' ? 'ok' : 'ill';
}

/** The parts that have not ended. */
export function lastingParts({ fail, lag, lie }: ServiceFaultPlan, nowMs: number): ServiceFaultPlan {
  const parts = { fail: lasting(fail, nowMs), lag: lasting(lag, nowMs), lie: lasting(lie, nowMs) };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
}

/** When the last of its parts ends; -Infinity for a plan without any. */
export function planEndsMs({ fail, lag, lie }: ServiceFaultPlan): number {
  return Math.max(...[fail, lag, lie].map((part) => part?.untilMs ?? -Infinity));
}

function lasting<P extends { untilMs: number }>(part: P | null | undefined, nowMs: number): P | null {
  return part != null && nowMs < part.untilMs ? part : null;
}
