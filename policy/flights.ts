/**
 * What happens to a request from its arrival to its answer: sent, answered, re-sent, given up.
 *
 *   arrived ─▶ sent ─▶ responded ─▶ finished
 *               │  ╲ target silent: rescued, both race, the first response wins
 *               ╰ failed or timed out: re-sent once in another zone, if the rules and the budget allow
 */
import { observeLatency } from './balancing/peak-ewma.ts';
import { domainOf, emit, wakeBy, type Attempt, type ClientState, type Request, type Target } from './client-state.ts';
import type { RequestFailure } from './messages.ts';
import { noteFirstAttempt, takeRetry } from './retry/budget.ts';
import { refuseResend } from './retry/rules.ts';
import { chooseTarget, workMs } from './routing.ts';

export function arrive(
  state: ClientState,
  event: { requestId: string; replayable: boolean; budgetMs: number | null },
  nowMs: number,
  random: () => number,
): void {
  const request: Request = {
    id: event.requestId,
    replayable: event.replayable,
    held: true,
    deadlineAtMs: event.budgetMs === null ? Infinity : nowMs + event.budgetMs,
    live: [],
    resent: false,
    retriedFrom: null,
    committed: null,
  };
  state.counters.requests += 1;
  state.requests.set(request.id, request);
  if (request.deadlineAtMs <= nowMs) return giveUp(state, request, 'AZ_DEADLINE');
  const target = chooseTarget(state, null, nowMs, random);
  if (target === null) return giveUp(state, request, 'AZ_NO_TARGET');
  noteFirstAttempt(state.budget, nowMs);
  zoneCount(state, target).sent += 1;
  send(state, request, target, nowMs);
}

function send(state: ClientState, request: Request, target: Target, nowMs: number): void {
  const p = state.parameters;
  const attempt: Attempt = {
    id: state.nextId++,
    request,
    target,
    startedMs: nowMs,
    number: request.resent ? 2 : 1,
    written: false,
    responded: false,
    countedFailed: false,
    timeoutAtMs: p.tryTimeoutMs === null ? Infinity : nowMs + p.tryTimeoutMs,
  };
  state.counters.attempts += 1;
  state.attempts.set(attempt.id, attempt);
  request.live.push(attempt);
  if (target.attempts.size === 0) target.busySinceMs = nowMs;
  target.attempts.add(attempt);
  wakeBy(state, Math.min(attempt.timeoutAtMs, request.deadlineAtMs));
  if (state.rescue) wakeBy(state, nowMs + p.silenceMs);
  state.actions.push({
    type: 'send',
    requestId: request.id,
    attemptId: attempt.id,
    targetId: target.spec.id,
    attempt: attempt.number,
    retriedFrom: request.retriedFrom,
    budgetMs: request.deadlineAtMs === Infinity ? null : request.deadlineAtMs - nowMs,
  });
}

/** Forgets an attempt; what it took counts as work of its target. */
function drop(state: ClientState, attempt: Attempt, nowMs: number): void {
  const { target, request } = attempt;
  state.attempts.delete(attempt.id);
  target.attempts.delete(attempt);
  request.live = request.live.filter((other) => other !== attempt);
  target.workMs = workMs(state, target, nowMs) + (nowMs - attempt.startedMs);
  target.workAtMs = nowMs;
}

/** Ends an attempt that is of no more use and tells the shell. */
function abort(state: ClientState, attempt: Attempt, nowMs: number): void {
  drop(state, attempt, nowMs);
  state.actions.push({ type: 'abort', requestId: attempt.request.id, attemptId: attempt.id });
}

function giveUp(state: ClientState, request: Request, code: RequestFailure): void {
  state.counters.failed += 1;
  state.requests.delete(request.id);
  state.actions.push({
    type: 'fail',
    requestId: request.id,
    code,
    committed: request.committed !== null,
    retriedFrom: request.retriedFrom,
  });
}

/** A response began. `noTarget`: the hop below refused before it did anything. */
export function respond(
  state: ClientState,
  attempt: Attempt,
  event: { status: number; retriedBelow: boolean; noTarget: boolean },
  nowMs: number,
  random: () => number,
): void {
  const { request } = attempt;
  attempt.responded = true;
  const failed = event.status >= 500;
  if (failed || event.retriedBelow) countFailed(state, attempt);
  enterCost(state, attempt, failed, nowMs);
  if (event.noTarget && !event.retriedBelow && request.live.length === 1) {
    if (resend(state, attempt, 'no-target-below', true, nowMs, random)) return abort(state, attempt, nowMs);
  }
  if (failed) state.counters.failed += 1;
  request.committed = attempt;
  for (const other of request.live) if (other !== attempt) abort(state, other, nowMs);
  const retriedFrom = attempt.number === 2 ? request.retriedFrom : null;
  state.actions.push({ type: 'commit', requestId: request.id, attemptId: attempt.id, retriedFrom });
}

export function finish(state: ClientState, attempt: Attempt, nowMs: number): void {
  drop(state, attempt, nowMs);
  state.requests.delete(attempt.request.id);
}

export function cancel(state: ClientState, request: Request, nowMs: number): void {
  state.requests.delete(request.id);
  for (const attempt of [...request.live]) abort(state, attempt, nowMs);
}

/** An attempt broke or timed out: send again, or answer with `code`. */
export function lose(
  state: ClientState,
  attempt: Attempt,
  cause: { code: RequestFailure; reason: string; budgeted: boolean; tellShell: boolean },
  nowMs: number,
  random: () => number,
): void {
  const { request } = attempt;
  countFailed(state, attempt);
  enterCost(state, attempt, true, nowMs);
  if (cause.tellShell) abort(state, attempt, nowMs);
  else drop(state, attempt, nowMs);
  if (request.live.length > 0) return;
  if (resend(state, attempt, cause.reason, cause.budgeted, nowMs, random)) return;
  giveUp(state, request, request.resent ? 'AZ_RETRY_FAILED' : cause.code);
}

/** Sends a request to another zone while its silent first attempt stays open: whoever answers first wins. */
export function rescue(state: ClientState, attempt: Attempt, silentMs: number, nowMs: number, random: () => number): void {
  const { request, target } = attempt;
  const refused = refuseResend({ ...request, written: attempt.written, committed: attempt.responded, resent: request.resent });
  if (refused !== null) return;
  const other = chooseTarget(state, target, nowMs, random);
  if (other === null) return;
  countFailed(state, attempt);
  request.resent = true;
  request.retriedFrom = domainOf(target);
  state.counters.rescues += 1;
  emit(state, { type: 'request.rescued', requestId: request.id, target: target.spec.id, zone: target.spec.zone, silentMs });
  send(state, request, other, nowMs);
}

function resend(
  state: ClientState,
  attempt: Attempt,
  reason: string,
  budgeted: boolean,
  nowMs: number,
  random: () => number,
): boolean {
  const { request, target } = attempt;
  // A hop below that refused did nothing, so what went out to it can go out again.
  const written = attempt.written && reason !== 'no-target-below';
  const refused = refuseResend({ ...request, written, committed: request.committed !== null, resent: request.resent });
  if (refused === 'not-replayable') emit(state, { type: 'retry.refused', requestId: request.id, reason: 'not-replayable' });
  if (refused !== null) return false;
  const other = chooseTarget(state, target, nowMs, random);
  if (other === null) {
    emit(state, { type: 'retry.refused', requestId: request.id, reason: 'no-other-target' });
    return false;
  }
  if (budgeted && !takeRetry(state.budget, nowMs, state.parameters)) {
    emit(state, { type: 'retry.refused', requestId: request.id, reason: 'budget' });
    return false;
  }
  request.resent = true;
  request.retriedFrom = domainOf(target);
  state.counters.retries += 1;
  emit(state, { type: 'request.retried', requestId: request.id, target: target.spec.id, zone: target.spec.zone, reason });
  send(state, request, other, nowMs);
  return true;
}

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
    lose(state, attempt, { code: 'AZ_TRY_TIMEOUT', reason: 'try-timeout', budgeted: true, tellShell: true }, nowMs, random);
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

/** Enters what the answer took; a failure costs as much as the worst peer, or failing fast would look like being fast. */
function enterCost(state: ClientState, attempt: Attempt, failed: boolean, nowMs: number): void {
  let sampleMs = nowMs - attempt.startedMs;
  if (failed) for (const peer of state.targets.values()) sampleMs = Math.max(sampleMs, peer.latency.valueMs);
  observeLatency(attempt.target.latency, sampleMs, nowMs, state.parameters);
}

/** Re-sends must not launder a zone's failures: only first attempts are counted, each once. */
function countFailed(state: ClientState, attempt: Attempt): void {
  if (attempt.number !== 1 || attempt.countedFailed) return;
  attempt.countedFailed = true;
  zoneCount(state, attempt.target).failed += 1;
}

function zoneCount(state: ClientState, target: Target): { sent: number; failed: number } {
  return (state.firstAttempts[domainOf(target)] ??= { sent: 0, failed: 0 });
}
