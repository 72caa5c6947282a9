/**
 * Decides which rate to try next on the way to an AZ's knee: outward from the model's guess until one rate
 * holds and one does not, then by halves down to 2/s. A machine is not quite monotone; what broke bounds the
 * knee from above whatever held beyond it, so that noise makes the rating smaller, never larger.
 */

/** Orders per second between the highest rate that holds and the lowest that does not. */
const RESOLUTION = 2;
const STEP_SHARE = 0.08;

export type KneeStep = { done: false; ratePerSecond: number } | { done: true; kneePerSecond: number };

/** @param probes of one AZ, in any order  @param guessPerSecond where to begin, 2 or more */
export function nextStep(probes: readonly { ratePerSecond: number; held: boolean }[], guessPerSecond: number): KneeStep {
  const broken = Math.min(...probes.filter(({ held }) => !held).map(({ ratePerSecond }) => ratePerSecond));
  const held = Math.max(...probes.filter((probe) => probe.held && probe.ratePerSecond < broken).map(({ ratePerSecond }) => ratePerSecond));
  const step = even(Math.max(RESOLUTION, guessPerSecond * STEP_SHARE));
  if (probes.length === 0) return { done: false, ratePerSecond: even(guessPerSecond) };
  if (broken === Infinity) return { done: false, ratePerSecond: held + step };
  if (broken <= RESOLUTION) return { done: true, kneePerSecond: 0 };
  if (held === -Infinity) return { done: false, ratePerSecond: Math.max(RESOLUTION, broken - step) };
  if (broken - held <= RESOLUTION) return { done: true, kneePerSecond: held };
  return { done: false, ratePerSecond: held + even((broken - held) / 2) };
}

function even(rate: number): number {
  return Math.max(RESOLUTION, Math.round(rate / 2) * 2);
}
