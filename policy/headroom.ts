/**
 * Decides how many orders one Availability Zone is rated for, and whether the region can lose one at a given
 * rate. Guards against the commonest lie of a failover test: a region that survives because it was idle, or
 * one that is declared safe with nothing left for the traffic of the AZ it loses.
 *
 *   rated, measured = 0.80 × lowest knee of the AZs        rated, model = 0.75 × ovens ÷ mean bake
 *   designed peak   = (zones − 1) × rated                  utilisation after a loss = rate ÷ (zones − 1) ÷ rated
 *
 * 5 % above the knee an AZ loss fails thousands of orders (simulated), so the margin is what makes the claim
 * hold. Reference: "Static stability using Availability Zones", Amazon Builders' Library.
 */
import type { AzCapacity, CapacityConditions, CapacityEvidence } from '#contracts/capacity.ts';
import type { Headroom } from '#contracts/verdict.ts';

const SHARE_OF_KNEE = 0.8;
const SHARE_OF_OVENS = 0.75;

/** Orders per second of one AZ by Little's law, less the share that queues need; ≥ 1. */
export function ratedFromModel(ovensPerAz: number, bakeMeanMs: number): number {
  return Math.max(1, Math.floor((SHARE_OF_OVENS * ovensPerAz * 1000) / bakeMeanMs));
}

/** Orders per second, from the measured knee of every AZ; the weakest AZ decides. */
export function ratedFromKnees(kneesPerSecond: readonly number[]): number {
  return Math.max(1, Math.floor(SHARE_OF_KNEE * Math.min(...kneesPerSecond)));
}

/** Orders per second that the region must take with one AZ gone, which is its designed peak. */
export function designedPeak(ratedPerAz: number, zones: number): number {
  return ratedPerAz * (zones - 1);
}

/** Evidence counts only when every AZ was measured under the same conditions; otherwise the model speaks. */
export function capacityOf(conditions: CapacityConditions, azs: readonly string[], evidence: CapacityEvidence | null): AzCapacity {
  const model: AzCapacity = { ratedPerAz: ratedFromModel(conditions.ovensPerAz, conditions.bakeMeanMs), source: 'model' };
  if (evidence === null || !sameConditions(conditions, evidence.conditions)) return model;
  const knees = azs.map((az) => evidence.knees[az] ?? Number.NaN);
  if (knees.length === 0 || !knees.every((knee) => Number.isFinite(knee) && knee > 0)) return model;
  return { ratedPerAz: ratedFromKnees(knees), source: 'measured' };
}

export function sameConditions(one: CapacityConditions, other: CapacityConditions): boolean {
  return (
    one.ovensPerAz === other.ovensPerAz && one.bakeMeanMs === other.bakeMeanMs &&
    one.bakeCv === other.bakeCv && one.cpuModel === other.cpuModel
  );
}

/** Utilisations are shares of an AZ's rating, 0.., when `ratePerSecond` is spread evenly over the AZs that are left. */
export function headroom(capacity: AzCapacity, ratePerSecond: number, zones: number): Headroom {
  const utilisationAfter = ratePerSecond / (zones - 1) / capacity.ratedPerAz;
  return {
    ratedPerAz: capacity.ratedPerAz,
    source: capacity.source,
    utilisationBefore: ratePerSecond / zones / capacity.ratedPerAz,
    utilisationAfter,
    canLoseAz: utilisationAfter <= 1,
  };
}
