/**
 * Keeps which zones an operator has shifted traffic away from. A shift always ends by itself: an operator
 * who is gone must not leave a region on two legs (AWS ARC's zonal shift). The balancer holds it alone, so
 * that its end needs nobody.
 */
export interface ShiftEntry {
  untilMs: number;
  reason: string;
}

export type Shifts = Map<string, ShiftEntry>;

/** Ends what has expired, in place; the zones that are back. */
export function expireShifts(shifts: Shifts, nowMs: number): string[] {
  const ended: string[] = [];
  for (const [zone, entry] of shifts) if (entry.untilMs <= nowMs) ended.push(zone);
  for (const zone of ended) shifts.delete(zone);
  return ended;
}

/** When the next shift ends; Infinity for none. */
export function nextShiftEndMs(shifts: Shifts): number {
  let next = Infinity;
  for (const entry of shifts.values()) next = Math.min(next, entry.untilMs);
  return next;
}
