/**
 * Keeps how many requests a target would still hold if its failures had taken as long as answers do.
 *
 *   failure that would have taken τ:   held = held·a + 1,   later held·a,   a = exp(−dt / τ)
 *   at λ failures a second:            held → λ × τ, what a peer holds that answers in τ (Little's law)
 *
 * It guards against the target that fails at once: it never holds anything, so whoever prefers the less busy of two
 * prefers it whenever it is drawn, and one AZ of three that refuses everything gets two thirds of all requests. To enter
 * its failures at a peer's latency is not enough, because latencies of one order count as equal.
 */
export interface FailedFast {
  held: number;
  /** Milliseconds until it has decayed to 1/e. */
  tauMs: number;
  updatedMs: number;
}

export function newFailedFast(nowMs: number): FailedFast {
  return { held: 0, tauMs: 1, updatedMs: nowMs };
}

/** Notes a failure, in place. @param tauMs what an answer would have taken longer, > 0 */
export function noteFailure(failed: FailedFast, tauMs: number, nowMs: number): void {
  failed.held = decayed(failed, nowMs) + 1;
  failed.tauMs = tauMs;
  failed.updatedMs = nowMs;
}

/** Whole requests, so that what is left of an old failure decides nothing. */
export function heldByFailures(failed: FailedFast, nowMs: number): number {
  return failed.held === 0 ? 0 : Math.round(decayed(failed, nowMs));
}

function decayed({ held, tauMs, updatedMs }: FailedFast, nowMs: number): number {
  return held * Math.exp(-(nowMs - updatedMs) / tauMs);
}
