/**
 * Prolongs a document's phases where the rate is too low for the figures it wants: the p99.9 of a baseline
 * needs a thousand orders, which takes 3 s at peak and 40 s at rest. Bounded, because a person waits; a run
 * that stays below ends INCONCLUSIVE and says so.
 */
import type { MeasuredPhase } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument, PhaseLengths } from '#contracts/experiment.ts';
import { THRESHOLDS } from '#chaos/verdict/thresholds.ts';

const FAULT_ORDERS = 1.5 * THRESHOLDS.windowOrdersMin;
const BASELINE_MS_MAX = 60_000;
const FAULT_MS_MAX = 30_000;
/** A second more than the bar that documents have, so that a run which misses it can say so. */
const BALANCE_MS = 61_000;
/** Arrivals are random and the edges of a phase are cut off. */
const MARGIN = 1.15;

/** Milliseconds; never shorter than the document says. */
export function phaseLengths({ phases, assertions }: Pick<ExperimentDocument, 'phases' | 'assertions'>, ratePerSecond: number): PhaseLengths {
  const msFor = (orders: number, atMost: number): number => Math.min(atMost, Math.ceil((orders * MARGIN) / Math.max(ratePerSecond, 1)) * 1000);
  const wantsTailOf = (wanted: MeasuredPhase): boolean => assertions.some(({ metric, phase }) => metric === 'p99_9_ms' && phase === wanted);
  const wantsTail = wantsTailOf('baseline') || assertions.some(({ metric }) => metric === 'added_latency_ms');
  return {
    ...phases,
    baselineMs: Math.max(phases.baselineMs, wantsTail ? msFor(THRESHOLDS.baselineOrdersMin, BASELINE_MS_MAX) : 0),
    faultMs: Math.max(phases.faultMs, msFor(wantsTailOf('fault') ? THRESHOLDS.tailOrdersMin : FAULT_ORDERS, FAULT_MS_MAX)),
  };
}

/** The same document, which waits until the AZs share the orders evenly again. */
export function untilBalanced(document: ExperimentDocument): ExperimentDocument {
  const { phases } = document;
  return { ...document, until: 'balanced', phases: { ...phases, recoveryMs: Math.max(phases.recoveryMs, BALANCE_MS) } };
}
