/**
 * When customers arrive: an open-loop Poisson process. Who waits for an answer before the next request
 * measures a slow system by asking it less (coordinated omission); here arrivals follow from the seed and
 * the rate alone, whatever the region does.
 *
 * Gaps are drawn as exponentials of mean 1 and divided by the rate, so that a change of rate stretches the
 * gap that is running and goes on with the same sequence.
 * Reference: Schroeder, Wierman, Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006.
 */
import { createRandom, exponential } from './random.ts';

export interface Arrivals {
  /** Per second, 0 or more. */
  ratePerSecond: number;
  /** When the next one is due; Infinity while the rate is 0. */
  nextAtMs: number;
  /** What is left of the running gap at `sinceMs`, in mean gaps. */
  gap: number;
  sinceMs: number;
  random: () => number;
}

export function createArrivals(seed: number, ratePerSecond: number, nowMs: number): Arrivals {
  const random = createRandom(seed);
  const arrivals: Arrivals = { ratePerSecond, nextAtMs: Infinity, gap: exponential(random, 1), sinceMs: nowMs, random };
  schedule(arrivals);
  return arrivals;
}

/** Takes every arrival up to `nowMs` out, oldest first. A late caller gets them all, with the times that were meant. */
export function takeDue(arrivals: Arrivals, nowMs: number): number[] {
  const due: number[] = [];
  while (arrivals.nextAtMs <= nowMs) {
    due.push(arrivals.nextAtMs);
    arrivals.sinceMs = arrivals.nextAtMs;
    arrivals.gap = exponential(arrivals.random, 1);
    schedule(arrivals);
  }
  return due;
}

/** From `nowMs` on with another rate; arrivals due before are to be taken first. */
export function changeRate(arrivals: Arrivals, ratePerSecond: number, nowMs: number): void {
  arrivals.gap = Math.max(0, arrivals.gap - ((nowMs - arrivals.sinceMs) * arrivals.ratePerSecond) / 1000);
  arrivals.sinceMs = nowMs;
  arrivals.ratePerSecond = ratePerSecond;
  schedule(arrivals);
}

/** A rate on its way: evenly from one to the other. */
export interface Ramp {
  fromPerSecond: number;
  toPerSecond: number;
  fromMs: number;
  toMs: number;
}

/** Arrivals per second at `nowMs`; before and after the ramp, its ends. */
export function rateAt({ fromPerSecond, toPerSecond, fromMs, toMs }: Ramp, nowMs: number): number {
  if (nowMs >= toMs) return toPerSecond;
  return fromPerSecond + (toPerSecond - fromPerSecond) * Math.max(0, (nowMs - fromMs) / (toMs - fromMs));
}

function schedule(arrivals: Arrivals): void {
  arrivals.nextAtMs = arrivals.ratePerSecond > 0 ? arrivals.sinceMs + (arrivals.gap / arrivals.ratePerSecond) * 1000 : Infinity;
}
