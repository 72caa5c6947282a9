/**
 * What happens to a request from its arrival to its answer: sent, answered, re-sent, given up.
 *
 *   arrived ─▶ sent ─▶ responded ─▶ finished
 *               │  ╲ target silent or try timed out: re-sent, both race, the first response wins
 *               ╰ failed: re-sent once in another zone, if the rules and the budget allow
 *
 * A race is lost by the last that is in it: the failure of one attempt, or an answer of 5xx, ends nothing while
 * another may still be answered. The refusal of a full kitchen would else cost an order that is in an oven.
 */
import { ERRORS } from '#contracts/errors.ts';
import { noteFailure } from './balancing/failing-fast.ts';
import { observeLatency } from './balancing/peak-ewma.ts';
import { domainOf, emit, wakeBy, type Attempt, type ClientState, type Request, type Target } from './client-state.ts';
import type { RequestFailure } from './messages.ts';
import { noteFirstAttempt, takeRetry } from './retry/budget.ts';
import type { GaveUp } from './retry/gave-up.ts';
import { refuseResend } from './retry/rules.ts';
import { chooseTarget, workMs } from './routing.ts';

export function arrive(
  state: ClientState,
  event: { requestId: string; replayable: boolean; budgetMs: number | null; avoidZone: string | null },
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
    avoidZone: event.avoidZone,
    committed: null,
  };
  state.counters.requests += 1;
  state.requests.set(request.id, request);
  if (request.deadlineAtMs <= nowMs) return giveUp(state, request, 'AZ_DEADLINE');
  const target = chooseTarget(state, request, null, nowMs, random);
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
    overdue: false,
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
    avoidZone: request.avoidZone,
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
export function abort(state: ClientState, attempt: Attempt, nowMs: number): void {
  drop(state, attempt, nowMs);
  state.actions.push({ type: 'abort', requestId: attempt.request.id, attemptId: attempt.id });
}

export function giveUp(state: ClientState, request: Request, code: RequestFailure): void {
  if (ERRORS[code].status >= 500) state.counters.failed += 1;
  state.requests.delete(request.id);
  state.actions.push({
    type: 'fail',
    requestId: request.id,
    code,
    committed: request.committed !== null,
    retriedFrom: request.retriedFrom,
  });
}

/** A response began. One in which the hop below gave up is sent again: this hop may reach what that one could not. */
export function respond(
  state: ClientState,
  attempt: Attempt,
  event: { status: number; retriedBelow: boolean; gaveUp: GaveUp | null },
  nowMs: number,
  random: () => number,
): void {
  const { request } = attempt;
  attempt.responded = true;
  const failed = event.status >= 500;
  if (failed || event.retriedBelow) countFailed(state, attempt);
  enterCost(state, attempt, failed, nowMs);
  if (failed && event.gaveUp !== null && request.live.length === 1) {
    if (event.gaveUp === 'unsent') attempt.written = false;
    if (resend(state, attempt, 'gave-up-below', true, nowMs, random)) return abort(state, attempt, nowMs);
  }
  if (failed && isOpen(request)) return;
  commit(state, attempt, failed, nowMs);
}

/** An attempt is still without an answer. */
function isOpen(request: Request): boolean {
  return request.live.some((attempt) => !attempt.responded);
}

/** This response is the answer; who else was in the race is given up. */
function commit(state: ClientState, attempt: Attempt, failed: boolean, nowMs: number): void {
  const { request } = attempt;
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

/** An attempt is over without an answer. What becomes of its request: the others go on, else it is sent again, else answered with `code`. */
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
  if (isLeftToOthers(state, request, nowMs)) return;
  if (resend(state, attempt, cause.reason, cause.budgeted, nowMs, random)) return;
  giveUp(state, request, request.resent ? 'AZ_RETRY_FAILED' : cause.code);
}

/** An attempt could not be sent by this process, which says nothing about its target and would say the same about another. */
export function withdraw(state: ClientState, attempt: Attempt, code: RequestFailure, nowMs: number): void {
  drop(state, attempt, nowMs);
  if (!isLeftToOthers(state, attempt.request, nowMs)) giveUp(state, attempt.request, code);
}

/** Whether an attempt that is gone leaves others behind: one without an answer goes on, one that was refused is now the answer. */
function isLeftToOthers(state: ClientState, request: Request, nowMs: number): boolean {
  const [refused] = request.live;
  if (refused === undefined) return false;
  if (!isOpen(request)) commit(state, refused, true, nowMs);
  return true;
}

/** Sends a request to another zone while its silent first attempt stays open: whoever answers first wins. */
export function rescue(state: ClientState, attempt: Attempt, silentMs: number, nowMs: number, random: () => number): void {
  const { request, target } = attempt;
  const refused = refuseResend({ ...request, written: attempt.written, committed: attempt.responded, resent: request.resent });
  if (refused !== null) return;
  const other = chooseTarget(state, request, target, nowMs, random);
  if (other === null) return;
  countFailed(state, attempt);
  noteResent(request, target);
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
  const refused = refuseResend({ ...request, written: attempt.written, committed: request.committed !== null, resent: request.resent });
  if (refused === 'not-replayable') emit(state, { type: 'retry.refused', requestId: request.id, reason: 'not-replayable' });
  if (refused !== null) return false;
  const other = chooseTarget(state, request, target, nowMs, random);
  if (other === null) {
    emit(state, { type: 'retry.refused', requestId: request.id, reason: 'no-other-target' });
    return false;
  }
  if (budgeted && !takeRetry(state.budget, nowMs, state.parameters)) {
    emit(state, { type: 'retry.refused', requestId: request.id, reason: 'budget' });
    return false;
  }
  noteResent(request, target);
  state.counters.retries += 1;
  emit(state, { type: 'request.retried', requestId: request.id, target: target.spec.id, zone: target.spec.zone, reason });
  send(state, request, other, nowMs);
  return true;
}

/** From now on the request is one that was sent again, and keeps away from where it failed. */
function noteResent(request: Request, target: Target): void {
  request.resent = true;
  request.retriedFrom = domainOf(target);
  request.avoidZone = target.spec.zone ?? request.avoidZone;
}

/**
 * A try took too long. Its request is sent again, and it stays in the race until the caller's patience ends: on a host
 * whose processors are scarce all targets are slow alike, and who gives up the first try at two thirds of the time has
 * a third left for the second.
 */
export function timeOut(state: ClientState, attempt: Attempt, nowMs: number, random: () => number): void {
  const { request } = attempt;
  if (!request.replayable || request.deadlineAtMs === Infinity) {
    return lose(state, attempt, { code: 'AZ_TRY_TIMEOUT', reason: 'try-timeout', budgeted: true, tellShell: true }, nowMs, random);
  }
  attempt.overdue = true;
  attempt.timeoutAtMs = Infinity;
  countFailed(state, attempt);
  enterCost(state, attempt, true, nowMs);
  if (!request.resent) resend(state, attempt, 'try-timeout', true, nowMs, random);
}

/** Enters what the answer took; a failure costs as much as the worst peer, or failing fast would look like being fast and idle. */
function enterCost(state: ClientState, { target, startedMs }: Attempt, failed: boolean, nowMs: number): void {
  const tookMs = nowMs - startedMs;
  let sampleMs = tookMs;
  if (failed) for (const peer of state.targets.values()) sampleMs = Math.max(sampleMs, peer.latency.valueMs);
  observeLatency(target.latency, sampleMs, nowMs, state.parameters);
  if (sampleMs === tookMs) return;
  noteFailure(target.failedFast, sampleMs - tookMs, nowMs);
  target.workMs = workMs(state, target, nowMs) + (sampleMs - tookMs);
  target.workAtMs = nowMs;
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
