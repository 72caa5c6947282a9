/**
 * Chooses one of several targets: two at random, then the cheaper.
 *
 *   cost = latency × (in flight + 1) ÷ weight
 *
 * The best of all is what every other balancer picks too; the better of two random ones spreads the load
 * to within a constant of it (Mitzenmacher's power of two choices). Latencies within a factor of
 * `ewmaDeadband` count as equal, because at low load nothing but luck tells them apart; then the number in
 * flight decides, and after that who did less work lately.
 */
import type { ClientParameters } from '../parameters.ts';

export interface Choice {
  /** Peak EWMA of the latency, milliseconds, > 0. */
  latencyMs: number;
  inFlight: number;
  /** Share of its full weight, > 0..1. */
  weight: number;
  /** Decayed sum of the time it spent on requests lately, milliseconds. */
  workMs: number;
}

/** True when `a` is to be preferred to `b`. */
export function isCheaper(a: Choice, b: Choice, p: ClientParameters): boolean {
  const ratio = a.latencyMs / b.latencyMs;
  const alike = ratio < p.ewmaDeadband && ratio > 1 / p.ewmaDeadband;
  const costA = ((alike ? 1 : a.latencyMs) * (a.inFlight + 1)) / a.weight;
  const costB = ((alike ? 1 : b.latencyMs) * (b.inFlight + 1)) / b.weight;
  if (costA !== costB) return costA < costB;
  return a.workMs / a.weight < b.workMs / b.weight;
}

/**
 * Two distinct indexes below `count` (≥ 1), equal only when there is one target.
 * @param random draws from 0..1
 */
export function drawTwo(count: number, random: () => number): [number, number] {
  if (count === 1) return [0, 0];
  const first = Math.floor(random() * count);
  const second = Math.floor(random() * (count - 1));
  return [first, second >= first ? second + 1 : second];
}
