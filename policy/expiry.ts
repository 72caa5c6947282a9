/**
 * Decides what time alone ends: requests whose caller has stopped waiting, and tries that took too long. A process
 * that was late itself first reads what has arrived meanwhile, or it would time out what was answered in time.
 */
import type { Attempt, ClientState } from './client-state.ts';
import { abort, giveUp, timeOut } from './flights.ts';

/** Ends requests whose caller has stopped waiting, and tries that took too long; the time of the next such end. */
export function expire(state: ClientState, graceMs: number, nowMs: number, random: () => number): number {
  let nextMs = Infinity;
  const timedOut: Attempt[] = [];
  for (const attempt of state.attempts.values()) {
    if (attempt.responded) continue;
    if (graceMs > 0 && attempt.timeoutAtMs <= nowMs) attempt.timeoutAtMs = nowMs + graceMs;
    if (attempt.timeoutAtMs <= nowMs) timedOut.push(attempt);
    else nextMs = Math.min(nextMs, attempt.timeoutAtMs);
  }
  for (const attempt of timedOut) {
    if (!state.attempts.has(attempt.id)) continue;
    timeOut(state, attempt, nowMs, random);
    nextMs = Math.min(nextMs, nowMs + state.parameters.tickMsMin);
  }
  for (const request of [...state.requests.values()]) {
    if (request.deadlineAtMs > nowMs) nextMs = Math.min(nextMs, request.deadlineAtMs);
    else if (request.committed === null) {
      for (const attempt of [...request.live]) abort(state, attempt, nowMs);
      giveUp(state, request, 'AZ_DEADLINE');
    }
  }
  return nextMs;
}
