/**
 * Decides from active checks and other evidence what one target is: states and transitions only.
 *
 *   unknown ──ok──▶ up ◀──ok── doubtful        returning ──rise × ok──▶ up (slow start)
 *      │            │ fail        │ fail           ▲  │ fail
 *      └─fall×fail─▶└────────────▶└──────▶ down ──ok  ▼ down
 *
 * It guards against both errors of a prober: keeping a dead target (fast cadence in doubt, a refused
 * connection takes it down at once) and ejecting a healthy one for a single lost check (doubt first, and
 * one good answer ends the doubt). After Envoy's health checker and HAProxy's rise, fall and fastinter;
 * a target starts unknown, because one that counts as up before it was asked gets traffic while dead
 * (haproxy#51).
 */
import type { HealthReason, TargetState } from '#contracts/events.ts';
import type { ClientParameters } from '../parameters.ts';

/**
 * How far a target that is not up can still be reached, which is what fail-open goes by:
 * `answers` HTTP, is `silent` (accepts connections or did), or `refuses` them.
 */
export type Reach = 'answers' | 'silent' | 'refuses';

export interface TargetHealth {
  state: TargetState;
  reason: HealthReason;
  reach: Reach;
  sinceMs: number;
  failsInRow: number;
  passesInRow: number;
  /** Interval until the next check of a down target; doubles while it stays down. */
  downIntervalMs: number;
  /** When slow start began; null while at full weight. */
  slowStartFromMs: number | null;
}

export type Evidence =
  | { kind: 'pass' }
  /** One check or try that failed but proves little alone. */
  | { kind: 'fail'; reason: HealthReason; reach: Reach }
  /** Proof: nobody listens, another instance answers, it says that it is draining, or live requests broke. */
  | { kind: 'proof'; reason: HealthReason; reach: Reach }
  /** It answers, with a new boot id: what was known of it is void. */
  | { kind: 'restart' };

export type HealthChange = 'none' | 'doubted' | 'ejected' | 'returned' | 'admitted';

export function newHealth(nowMs: number): TargetHealth {
  return {
    state: 'unknown',
    reason: 'first-round',
    reach: 'silent',
    sinceMs: nowMs,
    failsInRow: 0,
    passesInRow: 0,
    downIntervalMs: 0,
    slowStartFromMs: null,
  };
}

function enter(health: TargetHealth, state: TargetState, reason: HealthReason, nowMs: number): void {
  health.state = state;
  health.reason = reason;
  health.sinceMs = nowMs;
}

/** Applies one piece of evidence in place and tells what changed for those who route by it. */
export function observe(health: TargetHealth, evidence: Evidence, nowMs: number, p: ClientParameters): HealthChange {
  switch (evidence.kind) {
    case 'pass':
      return pass(health, nowMs, p);
    case 'restart':
      if (health.state !== 'up') return pass(health, nowMs, p);
      enter(health, 'up', 'restarted', nowMs);
      health.slowStartFromMs = nowMs;
      health.failsInRow = 0;
      return 'none';
    case 'fail':
      return fail(health, evidence, nowMs, p);
    case 'proof':
      return eject(health, evidence.reason, evidence.reach, nowMs, p);
  }
}

function pass(health: TargetHealth, nowMs: number, p: ClientParameters): HealthChange {
  health.failsInRow = 0;
  health.passesInRow += 1;
  health.reach = 'answers';
  switch (health.state) {
    case 'up':
      return 'none';
    case 'unknown':
      enter(health, 'up', 'probe-ok', nowMs);
      return 'admitted';
    case 'doubtful':
      enter(health, 'up', 'probe-ok', nowMs);
      return 'returned';
    case 'down':
      enter(health, 'returning', 'probe-ok', nowMs);
      health.passesInRow = 1;
      return 'none';
    case 'returning':
      if (health.passesInRow < p.rise) return 'none';
      enter(health, 'up', 'probe-ok', nowMs);
      health.slowStartFromMs = nowMs;
      return 'returned';
  }
}

function fail(
  health: TargetHealth,
  evidence: { reason: HealthReason; reach: Reach },
  nowMs: number,
  p: ClientParameters,
): HealthChange {
  health.failsInRow += 1;
  health.passesInRow = 0;
  health.reach = evidence.reach;
  switch (health.state) {
    case 'up':
      enter(health, 'doubtful', evidence.reason, nowMs);
      return 'doubted';
    case 'unknown':
    case 'doubtful':
      return health.failsInRow >= p.fall ? eject(health, evidence.reason, evidence.reach, nowMs, p) : 'none';
    case 'returning':
      return eject(health, evidence.reason, evidence.reach, nowMs, p);
    case 'down':
      health.reason = evidence.reason;
      health.downIntervalMs = Math.min(p.downIntervalMsMax, health.downIntervalMs * 2);
      return 'none';
  }
}

function eject(health: TargetHealth, reason: HealthReason, reach: Reach, nowMs: number, p: ClientParameters): HealthChange {
  health.passesInRow = 0;
  health.reach = reach;
  if (health.state === 'down') {
    health.reason = reason;
    health.downIntervalMs = Math.min(p.downIntervalMsMax, health.downIntervalMs * 2);
    return 'none';
  }
  const wasRouted = health.state === 'up' || health.state === 'doubtful';
  enter(health, 'down', reason, nowMs);
  health.downIntervalMs = p.checkIntervalMs;
  health.slowStartFromMs = null;
  return wasRouted ? 'ejected' : 'none';
}

/** Milliseconds from one check to the next. `dice` in 0..1 draws the jitter; `idle` is a client that has no requests. */
export function checkIntervalMs(health: TargetHealth, idle: boolean, dice: number, p: ClientParameters): number {
  const jittered = 1 + p.jitter * (2 * dice - 1);
  switch (health.state) {
    case 'up':
      return (idle ? p.idleIntervalMs : p.checkIntervalMs) * jittered;
    case 'down':
      return Math.max(p.checkIntervalMs, health.downIntervalMs) * jittered;
    case 'unknown':
    case 'doubtful':
    case 'returning':
      return p.doubtIntervalMs * jittered;
  }
}
