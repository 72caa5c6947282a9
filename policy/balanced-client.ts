/**
 * The balanced client: where health, routing, rescue, retry and zones meet. Everything between two hops of
 * the region is this one composition, in the services with sockets (`kit/balanced-client.ts`) and in the
 * simulation without. Detector, selector, rescue and budget know nothing of each other; what one decides
 * becomes the other's input here.
 *
 *   step(state, event, now) ─▶ actions;   the caller sends a tick at `wakeAtMs(state)`
 */
import { checkIntervalMs, observe, type Evidence } from './health/active-check.ts';
import { stepFailOpen } from './health/fail-open.ts';
import { observeProbeTime, stallProbeDueMs, stallTimeoutMs } from './health/stall.ts';
import { observeTransport } from './health/transport-failures.ts';
import { emit, isIdle, newTarget, wakeAtMs, wakeBy, type Attempt, type ClientState, type Target } from './client-state.ts';
import { expire } from './expiry.ts';
import { arrive, cancel, finish, lose, rescue, respond, withdraw } from './flights.ts';
import type { ClientAction, ClientEvent, ProbeResult, TargetSpec } from './messages.ts';
import { isSick } from './routing.ts';
import { stepZones } from './zones.ts';
import { expireShifts, nextShiftEndMs } from './zone/shifts.ts';

/** After a lag, answers that already arrived get this long to be read before a timeout counts. */
const LAG_GRACE_MS = 50;

/**
 * Applies one event to the state, in place, and returns what is to be done, in order. Never throws; events
 * about attempts, probes or requests that are no longer known are ignored.
 * @param nowMs monotonic clock; @param random draws from 0..1
 */
export function step(state: ClientState, event: ClientEvent, nowMs: number, random: () => number): ClientAction[] {
  state.actions = [];
  const lateMs = Math.max(nowMs - wakeAtMs(state), event.type === 'tick' ? event.lagMs : 0);
  if (lateMs > state.parameters.ownLagMsMax) discardRound(state, lateMs, nowMs);
  handle(state, event, nowMs, random);
  if (nowMs >= wakeAtMs(state)) tick(state, lateMs, nowMs, random);
  return state.actions;
}

function handle(state: ClientState, event: ClientEvent, nowMs: number, random: () => number): void {
  switch (event.type) {
    case 'request.arrived':
      if (isIdle(state, nowMs)) checkAsInUse(state, nowMs);
      state.lastArrivalMs = nowMs;
      return arrive(state, event, nowMs, random);
    case 'request.committed': {
      const request = state.requests.get(event.requestId);
      if (request !== undefined) request.held = request.replayable = false;
      return;
    }
    case 'request.cancelled': {
      const request = state.requests.get(event.requestId);
      if (request !== undefined) cancel(state, request, nowMs);
      return;
    }
    case 'attempt.written':
    case 'attempt.responded':
    case 'attempt.progressed':
    case 'attempt.finished':
    case 'attempt.withdrawn':
    case 'attempt.failed': {
      const attempt = state.attempts.get(event.attemptId);
      if (attempt !== undefined) handleAttempt(state, attempt, event, nowMs, random);
      return;
    }
    case 'probe.finished':
      return handleProbe(state, event.probeId, event.result, nowMs, random);
    case 'targets.changed':
      return changeTargets(state, event.targets, nowMs);
    case 'zone.shifted':
      state.shifts.set(event.zone, { untilMs: event.untilMs, reason: event.reason });
      state.usable = null;
      wakeBy(state, event.untilMs);
      return emit(state, { type: 'zone.shifted', zone: event.zone, untilMs: event.untilMs, reason: event.reason });
    case 'zone.shift-cancelled':
      if (!state.shifts.delete(event.zone)) return;
      state.usable = null;
      return emit(state, { type: 'zone.shift-ended', zone: event.zone, reason: 'cancelled' });
    case 'rescue.switched':
      state.rescue = event.on;
      return wakeBy(state, nowMs);
    case 'tick':
      return;
  }
}

function handleAttempt(
  state: ClientState,
  attempt: Attempt,
  event: Extract<ClientEvent, { attemptId: number }>,
  nowMs: number,
  random: () => number,
): void {
  const { target } = attempt;
  switch (event.type) {
    case 'attempt.written':
      attempt.written = true;
      return;
    case 'attempt.progressed':
      target.lastByteMs = nowMs;
      return;
    case 'attempt.responded':
      target.lastByteMs = nowMs;
      if (!attempt.overdue) {
        target.answeredFromMs = Math.max(target.answeredFromMs, attempt.startedMs);
        observeTransport(target.transport, false, nowMs, state.parameters);
      }
      return respond(state, attempt, event, nowMs, random);
    case 'attempt.finished':
      target.lastByteMs = nowMs;
      return finish(state, attempt, nowMs);
    case 'attempt.withdrawn':
      return withdraw(state, attempt, event.code, nowMs);
    case 'attempt.failed': {
      const down = observeTransport(target.transport, true, nowMs, state.parameters) || event.failure === 'refused';
      if (down) learn(state, target, { kind: 'proof', reason: 'transport-failures', reach: 'refuses' }, nowMs, random);
      else checkNow(state, target, nowMs);
      // Losing the target may have dealt with this attempt already.
      if (!state.attempts.has(attempt.id)) return;
      return lose(state, attempt, { code: 'AZ_ATTEMPT_FAILED', reason: event.failure, budgeted: true, tellShell: false }, nowMs, random);
    }
  }
}

function handleProbe(state: ClientState, probeId: number, result: ProbeResult, nowMs: number, random: () => number): void {
  const target = state.probes.get(probeId);
  const probe = target?.probe;
  state.probes.delete(probeId);
  if (target === undefined || probe == null || probe.id !== probeId) return;
  target.probe = null;
  // A check that was lost proves nothing when this process was late itself, when bytes came while a stall was
  // probed, or when the target took and answered a request while it was out: else the loss of every check, with
  // all targets well, would abandon what they are answering.
  const aliveFromMs = probe.stall ? target.lastByteMs : target.answeredFromMs;
  const isAlive = aliveFromMs > probe.startedMs && !result.ok && result.failure === 'timeout';
  if (isAlive || (!result.ok && probe.startedMs < state.discardBeforeMs)) return checkNow(state, target, nowMs);
  const reported = result.answer?.load;
  if (reported != null) target.load = { demand: reported.busy + reported.waiting, limit: reported.limit, atMs: nowMs };
  if (result.ok) observeProbeTime(target.probeTimes, result.rttMs);
  const evidence = readEvidence(target, result, probe.stall);
  if (evidence.kind === 'fail' || evidence.kind === 'proof') {
    emit(state, { type: 'target.probe-failed', target: target.spec.id, zone: target.spec.zone, reason: evidence.reason });
  }
  learn(state, target, evidence, nowMs, random);
  if (probe.stall && evidence.kind === 'fail') {
    if (state.rescue) rescueAll(state, target, nowMs, random);
    target.nextCheckMs = Math.max(nowMs, probe.startedMs + state.parameters.stallIntervalMs);
  } else target.nextCheckMs = probe.startedMs + checkIntervalMs(target.health, isIdle(state, nowMs), random(), state.parameters);
  wakeBy(state, Math.max(nowMs, target.nextCheckMs));
}

/** What one finished probe proves. */
function readEvidence(target: Target, result: ProbeResult, stall: boolean): Evidence {
  if (result.answer !== null && target.spec.checkInstance && result.answer.instanceId !== target.spec.id) {
    return { kind: 'proof', reason: 'wrong-instance', reach: 'refuses' };
  }
  if (result.answer?.status === 'draining') return { kind: 'proof', reason: 'draining', reach: 'answers' };
  if (!result.ok) {
    if (result.failure === 'refused') return { kind: 'proof', reason: 'probe-refused', reach: 'refuses' };
    if (result.failure === 'status') return { kind: 'fail', reason: 'probe-status', reach: 'answers' };
    return { kind: 'fail', reason: stall ? 'stalled' : 'probe-timeout', reach: 'silent' };
  }
  if (target.spec.checkInstance && result.answer === null) return { kind: 'fail', reason: 'wrong-instance', reach: 'answers' };
  const bootId = result.answer?.bootId ?? null;
  const restarted = target.bootId !== null && bootId !== target.bootId;
  target.bootId = bootId;
  return { kind: restarted ? 'restart' : 'pass' };
}

/** Applies evidence to a target and carries the change to routing, rescue and sockets. */
function learn(state: ClientState, target: Target, evidence: Evidence, nowMs: number, random: () => number): void {
  const { state: before, reach: reachBefore } = target.health;
  const change = observe(target.health, evidence, nowMs, state.parameters);
  const { reason, reach } = target.health;
  // A target that is down and begins to answer makes a difference, too: fail-open goes by it.
  const isOther = before !== target.health.state || reachBefore !== reach;
  if (isOther || evidence.kind === 'proof') state.usable = null;
  const about = { target: target.spec.id, zone: target.spec.zone, reason };
  if (change === 'doubted') emit(state, { type: 'target.doubted', ...about });
  if (change === 'returned') emit(state, { type: 'target.returned', ...about });
  if (change === 'returned' || change === 'admitted') equaliseWork(state, target, nowMs);
  if (change === 'ejected') emit(state, { type: 'target.ejected', ...about });
  if (target.health.state === 'down' && before !== 'down') {
    wakeBy(state, nowMs + state.parameters.checkIntervalMs);
    if (reach !== 'answers' && (reach === 'refuses' || state.rescue)) abandon(state, target, nowMs, random);
  }
  if (isOther) updateFailOpen(state, nowMs);
}

/** A target that comes back owes no work: else it would be given all of it until it has caught up. */
function equaliseWork(state: ClientState, target: Target, nowMs: number): void {
  for (const peer of state.targets.values()) {
    if (peer !== target && peer.health.state === 'up' && peer.workMs > target.workMs) {
      target.workMs = peer.workMs;
      target.workAtMs = peer.workAtMs;
    }
  }
  target.transport.inRow = 0;
  target.lastByteMs = nowMs;
}

function rescueAll(state: ClientState, target: Target, nowMs: number, random: () => number): void {
  const silentMs = nowMs - Math.max(target.busySinceMs, target.lastByteMs);
  for (const attempt of [...target.attempts]) if (!attempt.responded) rescue(state, attempt, silentMs, nowMs, random);
}

/** Gives up everything that a dead target holds. Its requests move without drawing on the budget: each moves once, for one death. */
function abandon(state: ClientState, target: Target, nowMs: number, random: () => number): void {
  for (const attempt of [...target.attempts]) {
    lose(state, attempt, { code: 'AZ_ATTEMPT_FAILED', reason: target.health.reason, budgeted: false, tellShell: true }, nowMs, random);
  }
  state.actions.push({ type: 'destroy', targetId: target.spec.id });
}

function checkNow(state: ClientState, target: Target, nowMs: number): void {
  target.nextCheckMs = nowMs;
  wakeBy(state, nowMs);
}

/** The first request after a time without any: what would be asked later than a client in use asks is asked by then. */
function checkAsInUse(state: ClientState, nowMs: number): void {
  const { idleIntervalMs, checkIntervalMs: inUseMs } = state.parameters;
  for (const target of state.targets.values()) {
    if (target.health.state !== 'up') continue;
    target.nextCheckMs = Math.max(nowMs, target.nextCheckMs - (idleIntervalMs - inUseMs));
    wakeBy(state, target.nextCheckMs);
  }
}

function updateFailOpen(state: ClientState, nowMs: number): void {
  let usable = 0;
  let sick = 0;
  for (const target of state.targets.values()) {
    if (target.health.state === 'up' || target.health.state === 'returning') usable += 1;
    else if (isSick(target)) sick += 1;
  }
  const total = state.targets.size;
  if (!stepFailOpen(state.failOpen, { usable, sick, total }, nowMs, state.parameters)) return;
  state.usable = null;
  emit(state, { type: state.failOpen.open ? 'fail-open.entered' : 'fail-open.left', usable, total });
}

/** This process was late: checks under way and silences prove nothing about others. */
function discardRound(state: ClientState, lagMs: number, nowMs: number): void {
  state.discardBeforeMs = nowMs;
  for (const target of state.targets.values()) target.lastByteMs = nowMs;
  emit(state, { type: 'lag.discarded', lagMs });
}

/** Who left gets nothing new; what it still holds ends by itself. */
function changeTargets(state: ClientState, specs: readonly TargetSpec[], nowMs: number): void {
  const wanted = new Set(specs.map((spec) => spec.id));
  for (const id of [...state.targets.keys()]) if (!wanted.has(id)) state.targets.delete(id);
  for (const spec of specs) {
    const known = state.targets.get(spec.id);
    if (known === undefined) state.targets.set(spec.id, newTarget(spec, nowMs));
    else known.spec = spec;
  }
  state.usable = null;
  wakeBy(state, nowMs);
}

/** Everything that time alone decides, and when it has to be asked again. */
function tick(state: ClientState, lateMs: number, nowMs: number, random: () => number): void {
  state.lastTickMs = nowMs;
  state.wakeAtMs = Infinity;
  for (const zone of expireShifts(state.shifts, nowMs)) {
    state.usable = null;
    emit(state, { type: 'zone.shift-ended', zone, reason: 'expired' });
  }
  wakeBy(state, nextShiftEndMs(state.shifts));
  for (const target of state.targets.values()) wakeBy(state, checkTarget(state, target, nowMs, random));
  wakeBy(state, expire(state, lateMs > state.parameters.ownLagMsMax ? LAG_GRACE_MS : 0, nowMs, random));
  if (state.failOpen.open) updateFailOpen(state, nowMs);
  wakeBy(state, stepZones(state, nowMs));
}

/** Sends the probe that is due, if any; when this target has to be looked at again. */
function checkTarget(state: ClientState, target: Target, nowMs: number, random: () => number): number {
  const p = state.parameters;
  const stallDueMs = state.rescue
    ? stallProbeDueMs({ inFlight: target.attempts.size, busySinceMs: target.busySinceMs, lastByteMs: target.lastByteMs, lastStallProbeMs: target.lastStallProbeMs }, p)
    : Infinity;
  const stalled = stallDueMs <= nowMs && target.probe?.stall !== true && target.health.state !== 'down';
  if (stalled || (target.probe === null && target.nextCheckMs <= nowMs)) {
    const probe = { id: state.nextId++, startedMs: nowMs, stall: stalled };
    if (target.probe !== null) state.probes.delete(target.probe.id);
    target.probe = probe;
    target.checks += 1;
    state.probes.set(probe.id, target);
    if (stalled) target.lastStallProbeMs = nowMs;
    target.nextCheckMs = nowMs + checkIntervalMs(target.health, isIdle(state, nowMs), random(), p);
    const timeoutMs = stalled ? stallTimeoutMs(target.probeTimes, p) : p.checkTimeoutMs;
    const freshConnection = target.checks % p.freshEvery === 0;
    state.actions.push({ type: 'probe', probeId: probe.id, targetId: target.spec.id, timeoutMs, freshConnection });
  }
  const nextStallMs = target.health.state === 'down' || target.probe?.stall === true ? Infinity : Math.max(stallDueMs, nowMs);
  return Math.min(target.probe === null ? target.nextCheckMs : Infinity, nextStallMs);
}
