/**
 * Decides which share of a zone's traffic leaves it for other zones.
 *
 *   utilisation u = demand ÷ capacity, both as the targets report them (ovens busy + orders waiting, ovens)
 *   capacity lost:     spill at once so much that u falls to `spillStart`
 *   u > spillStart:    spill rises by at most `spillStepPerS`, if another zone is at least 10 points emptier
 *   u < spillStop:     spill falls by the same step
 *
 * Traffic stays in its zone, because what crosses zones can fail with either of them; but a zone that lost
 * half of its ovens must not drown while its neighbours idle. Host counts cannot tell (envoy#43665), so
 * load decides, with a dead band so that two zones do not trade traffic back and forth (Buoyant's HAZL).
 */
import type { ClientParameters } from '../parameters.ts';

/** How much emptier another zone must be, in points of utilisation. */
const EMPTIER_BY = 0.1;

export interface ZoneLoad {
  /** What the zone's work would fill, in units of capacity; includes what a target reported before it was lost. */
  demand: number;
  /** Sum of the limits of its usable targets; 0 where nothing is bounded. */
  capacity: number;
}

export interface Spill {
  /** Share of own-zone traffic that is sent to other zones, 0..1. */
  share: number;
  /** Capacity at the last step, to see a loss. */
  capacity: number;
}

/** The next spill. `elapsedMs` since the last step; `others` are the zones that may take traffic. */
export function stepSpill(spill: Spill, own: ZoneLoad, others: readonly ZoneLoad[], elapsedMs: number, p: ClientParameters): Spill {
  if (own.capacity === 0) return { share: 0, capacity: 0 };
  const utilisation = own.demand / own.capacity;
  const emptiest = Math.min(Infinity, ...others.filter((zone) => zone.capacity > 0).map((zone) => zone.demand / zone.capacity));
  const step = (p.spillStepPerS * elapsedMs) / 1000;
  let share = spill.share;
  if (emptiest > utilisation - EMPTIER_BY) {
    if (utilisation < p.spillStop || emptiest > utilisation + EMPTIER_BY) share -= step;
  } else if (own.capacity < spill.capacity && utilisation > p.spillStart) {
    const keep = p.spillStart / utilisation;
    share = Math.max(share, 1 - (1 - spill.share) * keep);
  } else if (utilisation > p.spillStart) share += step;
  else if (utilisation < p.spillStop) share -= step;
  return { share: Math.min(1, Math.max(0, share)), capacity: own.capacity };
}
