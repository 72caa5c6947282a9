/**
 * Prolongs a document's phases where the rate is too low for the figures it wants: the p99.9 of a baseline
 * needs a thousand orders, which takes 3 s at peak and 40 s at rest. Bounded, because a person waits; a run
 * that stays below ends INCONCLUSIVE and says so.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { BASELINE_ORDERS_MIN } from '#chaos/verdict/evidence.ts';

const FAULT_ORDERS = 150;
const BASELINE_S_MAX = 60;
const FAULT_S_MAX = 30;
/** Arrivals are random and the edges of a phase are cut off. */
const MARGIN = 1.15;

/** Seconds, whole; never shorter than the document says. */
export function phaseLengths({ phases, expect }: ExperimentDocument, ratePerSecond: number): ExperimentDocument['phases'] {
  const secondsFor = (orders: number, atMost: number): number => Math.min(atMost, Math.ceil((orders * MARGIN) / Math.max(ratePerSecond, 1)));
  return {
    ...phases,
    baselineS: Math.max(phases.baselineS, expect.addedLatencyMsMax === null ? 0 : secondsFor(BASELINE_ORDERS_MIN, BASELINE_S_MAX)),
    faultS: Math.max(phases.faultS, secondsFor(FAULT_ORDERS, FAULT_S_MAX)),
  };
}
