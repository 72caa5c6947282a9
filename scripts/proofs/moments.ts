/**
 * At which moments of which experiments somebody is killed: one experiment after the other, each time on the next AZ
 * when all had their turn, at a moment that is uniform over the run from its beginning until shortly after its heal. The
 * wait for balance is left out: nothing is broken in it, and it ends when it will. A seed gives the same moments for ever.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import { createRandom } from '#policy/random.ts';
import { phaseLengths } from '#chaos/experiments/phase-lengths.ts';

/** Of the recovery: it heals, which takes an AZ some seconds to start. */
const RECOVERY_MS_MAX = 5000;
/** Milliseconds. Twice a lease's renewal fits into the fault. */
const SHORT_PHASES = { warmMs: 2000, baselineMs: 3000, faultMs: 6000, recoveryMs: RECOVERY_MS_MAX } as const;

export interface Moment {
  document: ExperimentDocument;
  az: AvailabilityZone;
  /** Since the run was accepted, milliseconds. */
  atMs: number;
}

/**
 * What it breaks and turns, in phases that are just long enough to be hit: it is about who is killed when, not about what
 * customers get, and a region that has just started answers late.
 */
export function shortened(document: ExperimentDocument): ExperimentDocument {
  return { ...document, phases: SHORT_PHASES, until: null, assertions: [], guardrails: [], hypothesis: { ...document.hypothesis, slis: [] } };
}

/** How much of a run is hit, milliseconds. */
export function spanMs(document: ExperimentDocument, ratePerSecond: number): number {
  const { warmMs, baselineMs, faultMs, recoveryMs } = phaseLengths(document, ratePerSecond);
  return warmMs + baselineMs + faultMs + Math.min(recoveryMs, RECOVERY_MS_MAX);
}

/** Endless: a run that was over before its moment is replaced by the next. */
export function* moments(documents: readonly ExperimentDocument[], ratePerSecond: number, seed: number): Generator<Moment, never> {
  const random = createRandom(seed);
  for (let round = 0; ; round += 1) {
    for (const document of documents) {
      const az = document.azs[round % document.azs.length] as AvailabilityZone;
      yield { document, az, atMs: Math.floor(random() * spanMs(document, ratePerSecond)) };
    }
  }
}
