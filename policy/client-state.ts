/**
 * The state of one balanced client: what it knows of its targets and what it has under way. Plain data,
 * owned by the caller, changed only by `step` in `balanced-client.ts`.
 */
import type { BalancerEvent } from '#contracts/events.ts';
import type { TargetOpinion, UpstreamOpinion } from '#contracts/faults.ts';
import { newFailedFast, type FailedFast } from './balancing/failing-fast.ts';
import { latencyMs, newPeakEwma, type PeakEwma } from './balancing/peak-ewma.ts';
import { slowStartWeight } from './balancing/slow-start.ts';
import { newHealth, type TargetHealth } from './health/active-check.ts';
import type { FailOpen } from './health/fail-open.ts';
import { newProbeTimes, type ProbeTimes } from './health/stall.ts';
import { newTransportWindow, type TransportWindow } from './health/transport-failures.ts';
import type { ClientAction, TargetSpec } from './messages.ts';
import { DEFAULT_PARAMETERS, type ClientParameters } from './parameters.ts';
import { newRetryBudget, type RetryBudget } from './retry/budget.ts';
import type { Spill } from './zone/affinity.ts';
import type { Shifts } from './zone/shifts.ts';

export interface ReportedLoad {
  /** Busy and waiting together, in the target's own unit. */
  demand: number;
  limit: number;
  atMs: number;
}

export interface Target {
  spec: TargetSpec;
  health: TargetHealth;
  transport: TransportWindow;
  latency: PeakEwma;
  /** Failures that came faster than answers do. */
  failedFast: FailedFast;
  /** Decayed sum of the time spent on requests, milliseconds, as of `workAtMs`. */
  workMs: number;
  workAtMs: number;
  /** Attempts that are neither finished nor given up. */
  attempts: Set<Attempt>;
  busySinceMs: number;
  lastByteMs: number;
  /** When the latest of the attempts that it answered was sent: it was well at some time after that. */
  answeredFromMs: number;
  nextCheckMs: number;
  checks: number;
  /** The one check under way. */
  probe: { id: number; startedMs: number; stall: boolean } | null;
  lastStallProbeMs: number;
  probeTimes: ProbeTimes;
  bootId: string | null;
  load: ReportedLoad | null;
}

export interface Attempt {
  id: number;
  request: Request;
  target: Target;
  startedMs: number;
  /** A re-send's number is 2. */
  number: 1 | 2;
  written: boolean;
  /** Headers came. One of 5xx waits uncommitted while another attempt may still be answered. */
  responded: boolean;
  /** Already in the failures of its zone. */
  countedFailed: boolean;
  /** The try timed out and goes on: whatever it still brings is no evidence of health. */
  overdue: boolean;
  timeoutAtMs: number;
}

export interface Request {
  id: string;
  replayable: boolean;
  held: boolean;
  deadlineAtMs: number;
  /** Attempts under way: one, or two while a re-send races the first. */
  live: Attempt[];
  resent: boolean;
  /** Zone (or target, where it has none) whose failure led to the re-send. */
  retriedFrom: string | null;
  /** Zone in which it failed last, here or at a hop above; null for none. */
  avoidZone: string | null;
  committed: Attempt | null;
}

export interface Counters {
  requests: number;
  /** Requests that got no response, or one of 5xx; callers who left are not among them. */
  failed: number;
  attempts: number;
  rescues: number;
  retries: number;
}

export interface ClientState {
  readonly parameters: Readonly<ClientParameters>;
  readonly ownZone: string | null;
  rescue: boolean;
  targets: Map<string, Target>;
  requests: Map<string, Request>;
  attempts: Map<number, Attempt>;
  probes: Map<number, Target>;
  shifts: Shifts;
  failOpen: FailOpen;
  spill: Spill;
  spillSteppedMs: number;
  budget: RetryBudget;
  counters: Counters;
  firstAttempts: Record<string, { sent: number; failed: number }>;
  nextId: number;
  /** When the latest request came; before the first, when the client began. */
  lastArrivalMs: number;
  /** When the next tick is due. May be too early, never too late. */
  wakeAtMs: number;
  lastTickMs: number;
  /** Failed checks that began before this prove nothing: the process itself was late. */
  discardBeforeMs: number;
  /** Targets that may be chosen, per zone; null when it has to be worked out again. */
  usable: { own: Target[]; others: Target[] } | null;
  /** What the current step has decided. */
  actions: ClientAction[];
}

export interface ClientOptions {
  ownZone: string | null;
  targets: readonly TargetSpec[];
  parameters?: Partial<ClientParameters>;
  /** Stall detection and re-sending of what a silent target holds. */
  rescue: boolean;
}

/** A client that knows nothing yet: its first tick, due at once, checks every target in parallel. */
export function createClient(options: ClientOptions, nowMs: number): ClientState {
  const parameters = Object.freeze({ ...DEFAULT_PARAMETERS, ...options.parameters });
  const state: ClientState = {
    parameters,
    ownZone: options.ownZone,
    rescue: options.rescue,
    targets: new Map(),
    requests: new Map(),
    attempts: new Map(),
    probes: new Map(),
    shifts: new Map(),
    failOpen: { open: false, enoughSinceMs: null },
    spill: { share: 0, capacity: 0 },
    spillSteppedMs: nowMs,
    budget: newRetryBudget(parameters),
    counters: { requests: 0, failed: 0, attempts: 0, rescues: 0, retries: 0 },
    firstAttempts: {},
    nextId: 1,
    lastArrivalMs: nowMs,
    wakeAtMs: nowMs,
    lastTickMs: -Infinity,
    discardBeforeMs: -Infinity,
    usable: null,
    actions: [],
  };
  for (const spec of options.targets) state.targets.set(spec.id, newTarget(spec, nowMs));
  return state;
}

export function newTarget(spec: TargetSpec, nowMs: number): Target {
  return {
    spec,
    health: newHealth(nowMs),
    transport: newTransportWindow(nowMs),
    latency: newPeakEwma(nowMs),
    failedFast: newFailedFast(nowMs),
    workMs: 0,
    workAtMs: nowMs,
    attempts: new Set(),
    busySinceMs: nowMs,
    lastByteMs: nowMs,
    answeredFromMs: -Infinity,
    nextCheckMs: nowMs,
    checks: 0,
    probe: null,
    lastStallProbeMs: -Infinity,
    probeTimes: newProbeTimes(),
    bootId: null,
    load: null,
  };
}

/** The name that `x-retried` and events give the failure domain of a target. */
export function domainOf(target: Target): string {
  return target.spec.zone ?? target.spec.id;
}

/** True for a client that nobody has used for a while: what it knows of its targets may be older. */
export function isIdle(state: ClientState, nowMs: number): boolean {
  return nowMs - state.lastArrivalMs > state.parameters.idleAfterMs;
}

export function emit(state: ClientState, event: BalancerEvent): void {
  state.actions.push({ type: 'event', event });
}

/** Makes sure that a tick comes no later than this. */
export function wakeBy(state: ClientState, atMs: number): void {
  if (atMs < state.wakeAtMs) state.wakeAtMs = atMs;
}

/** When the shell has to send the next tick; it may come later, at the price of later decisions. */
export function wakeAtMs(state: ClientState): number {
  return Math.max(state.wakeAtMs, state.lastTickMs + state.parameters.tickMsMin);
}

/** True once every target has been asked at least once, so that the client may be relied on. */
export function firstRoundDone(state: ClientState): boolean {
  for (const target of state.targets.values()) {
    if (target.health.state === 'unknown' && target.health.failsInRow === 0) return false;
  }
  return true;
}

/** First attempts by zone since the client began. */
export function firstAttempts(state: ClientState): Record<string, { sent: number; failed: number }> {
  return state.firstAttempts;
}

export function counters(state: ClientState): Readonly<Counters> {
  return state.counters;
}

/** What the client thinks of its targets, for people. `sinceMs` is on the client's own clock. */
export function opinion(state: ClientState, nowMs: number): Omit<UpstreamOpinion, 'upstream'> {
  const targets: TargetOpinion[] = [];
  for (const target of state.targets.values()) {
    targets.push({
      target: target.spec.id,
      zone: target.spec.zone,
      state: target.health.state,
      reason: target.health.reason,
      sinceMs: target.health.sinceMs,
      inFlight: target.attempts.size,
      ewmaMs: latencyMs(target.latency, nowMs, state.parameters),
      weight: target.health.state === 'up' ? slowStartWeight(target.health.slowStartFromMs, nowMs, state.parameters) : 0,
    });
  }
  const shiftedZones = [...state.shifts].map(([zone, entry]) => ({ zone, ...entry }));
  return { failOpen: state.failOpen.open, spill: state.spill.share, shiftedZones, targets };
}
