/**
 * Where the time went: each step of leaving an AZ and of coming back to it, with what it is counted from. Guards against
 * the one figure "failed over in 4 s", which tells neither a slow detector from a slow balancer nor a slow restart from
 * a balancer that is slow to trust again.
 *
 *   after the fault      detect ─ eject          move and steady count from the fault itself
 *   after healing began  restore ─ readmit       balance counts from the restoration
 */
import type { Timeline } from '#contracts/verdict.ts';

export interface Step {
  name: 'detect' | 'eject' | 'move' | 'steady' | 'restore' | 'readmit' | 'balance';
  /** What its end is, for people. */
  until: string;
  /** Milliseconds after the fault; null for what did not happen. */
  fromMs: number | null;
  toMs: number | null;
}

export interface TimeDecomposition {
  leaving: Step[];
  returning: Step[];
}

/** @param healingMs when healing began, milliseconds after the fault; null when it never did */
export function timeDecomposition(timeline: Timeline, healingMs: number | null): TimeDecomposition {
  const { firstFailedCheck, ejected, moved, steady, restored, readmitted, balanced } = timeline;
  return {
    leaving: [
      { name: 'detect', until: 'the first check failed', fromMs: 0, toMs: firstFailedCheck },
      // A balancer may eject on what live requests met, before any check fails.
      { name: 'eject', until: 'it was out of rotation', fromMs: ejected === null ? null : Math.min(firstFailedCheck ?? 0, ejected), toMs: ejected },
      { name: 'move', until: 'the last order was sent there first', fromMs: 0, toMs: moved },
      { name: 'steady', until: 'every order was answered in time', fromMs: 0, toMs: steady },
    ],
    returning: [
      { name: 'restore', until: 'everything ran again', fromMs: healingMs, toMs: restored },
      { name: 'readmit', until: 'it was in rotation', fromMs: restored, toMs: readmitted },
      { name: 'balance', until: 'the AZs shared the orders evenly', fromMs: restored, toMs: balanced },
    ],
  };
}

/** Milliseconds that a step took; null for one that was not done. Never negative: a balancer may readmit while others still start. */
export function tookMs({ fromMs, toMs }: Step): number | null {
  return fromMs === null || toMs === null ? null : Math.max(0, toMs - fromMs);
}
