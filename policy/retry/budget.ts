/**
 * Decides whether one more re-send is allowed.
 *
 *   allowed  ⇔  re-sends in the window < retriesMin + retryRatio × first attempts in the window
 *
 * Three tries at three layers are 27 requests on a service that is already failing. A budget lets every
 * request of a small failure be sent again and none of a large one's storm. Finagle's RetryBudget, counted
 * in second-long buckets instead of expiring tokens.
 */
import type { ClientParameters } from '../parameters.ts';

const BUCKET_MS = 1000;

export interface RetryBudget {
  /** Bucket number (time ÷ 1 s) of the newest entry. */
  newest: number;
  first: number[];
  resent: number[];
}

export function newRetryBudget(p: ClientParameters): RetryBudget {
  const buckets = Math.max(1, Math.round(p.retryWindowMs / BUCKET_MS));
  return { newest: 0, first: new Array<number>(buckets).fill(0), resent: new Array<number>(buckets).fill(0) };
}

function advance(budget: RetryBudget, nowMs: number): number {
  const bucket = Math.floor(nowMs / BUCKET_MS);
  const size = budget.first.length;
  const behind = Math.min(size, bucket - budget.newest);
  for (let i = 1; i <= behind; i++) {
    budget.first[(bucket - behind + i) % size] = 0;
    budget.resent[(bucket - behind + i) % size] = 0;
  }
  if (behind > 0) budget.newest = bucket;
  return budget.newest % size;
}

export function noteFirstAttempt(budget: RetryBudget, nowMs: number): void {
  const at = advance(budget, nowMs);
  budget.first[at] = (budget.first[at] ?? 0) + 1;
}

/** Takes one re-send out of the budget; false when it is used up. */
export function takeRetry(budget: RetryBudget, nowMs: number, p: ClientParameters): boolean {
  const at = advance(budget, nowMs);
  let first = 0;
  let resent = 0;
  for (let i = 0; i < budget.first.length; i++) {
    first += budget.first[i] ?? 0;
    resent += budget.resent[i] ?? 0;
  }
  if (resent >= p.retriesMin + p.retryRatio * first) return false;
  budget.resent[at] = (budget.resent[at] ?? 0) + 1;
  return true;
}
