/**
 * Decides how much of its full share a target that came back may take.
 *
 *   weight = max(weightMin, elapsed / slowStartMs), 1 from slowStartMs on
 *
 * A process that has just started is cold (empty pools, unoptimised code) and, being idle, would win every
 * comparison. Envoy's slow start with aggression 1.
 */
import type { ClientParameters } from '../parameters.ts';

/** Share of the full weight, 0..1. `fromMs` null: never was away. */
export function slowStartWeight(fromMs: number | null, nowMs: number, p: ClientParameters): number {
  if (fromMs === null) return 1;
  const elapsedMs = nowMs - fromMs;
  if (elapsedMs >= p.slowStartMs) return 1;
  return Math.max(p.slowStartWeightMin, elapsedMs / p.slowStartMs);
}
