/** One combination: its faults are made as far as they can be, everything is healed, and healed again. */
import type { FaultRequest, HealAnswer, Residue } from '#contracts/faults.ts';
import { pause } from '#chaos/injector/pause.ts';

/** From the call to its answer: everything runs again. */
const HEAL_MS_MAX = 10_000;
/** What is broken is noticed, and pending parts of a fault are tried. */
const BROKEN_MS = 2000;

export interface HealableRegion {
  /** @returns what it is called, `kill az1 silent`; null where it cannot be made, as of what another fault holds or has silenced */
  break(request: FaultRequest): Promise<string | null>;
  heal(): Promise<HealAnswer>;
  /** Faults that are held and what inspection finds, by name. */
  broken(): Promise<string[]>;
}

export interface Heal {
  made: string[];
  /** By inspection before the heal. */
  brokenBefore: number;
  healMs: number;
  /** What the answer named, and what inspection still found afterwards. */
  remains: string[];
  /** What the second heal did: nothing, where the first did all. */
  again: string[];
}

/** Null where none of it could be made. */
export async function healOnce(requests: readonly FaultRequest[], region: HealableRegion): Promise<Heal | null> {
  const made: string[] = [];
  for (const request of requests) {
    const name = await region.break(request);
    if (name !== null) made.push(name);
  }
  if (made.length === 0) return null;
  await pause(BROKEN_MS);
  const brokenBefore = (await region.broken()).length;
  const beganMs = performance.now();
  const first = await region.heal();
  const healMs = Math.round(performance.now() - beganMs);
  const remains = [...first.remains.map(textOf), ...(await region.broken())];
  const second = await region.heal();
  return { made, brokenBefore, healMs, remains, again: [...second.healed, ...second.remains.map(textOf)] };
}

export function isMiss({ healMs, remains, again }: Heal): boolean {
  return healMs > HEAL_MS_MAX || remains.length > 0 || again.length > 0;
}

/** @param number of the heal, from 1 on */
export function healLine(number: number, heal: Heal): string {
  const { made, brokenBefore, healMs, remains, again } = heal;
  const left = remains.length === 0 ? 'nothing left' : `LEFT: ${remains.join(', ')}`;
  const second = again.length === 0 ? 'nothing to do the second time' : `the second time DID: ${again.join(', ')}`;
  return `${String(number).padStart(3)}  ${made.join(', ')} (${brokenBefore} broken): healed after ${(healMs / 1000).toFixed(1)} s, ${left}, ${second}${isMiss(heal) ? '  MISS' : ''}`;
}

export function summaryText(heals: readonly Heal[]): string {
  if (heals.length === 0) return 'Nothing was healed.';
  const ms = heals.map(({ healMs }) => healMs).sort((one, other) => one - other);
  const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
  return `${heals.length} combinations: healed after ${seconds(ms[Math.floor(ms.length / 2)] as number)} in the median, ${seconds(ms.at(-1) as number)} at most (bar ${seconds(HEAL_MS_MAX)}); ${heals.filter(isMiss).length} too late, not whole, or not harmless the second time.`;
}

function textOf({ name, reason }: Residue): string {
  return `${name} ${reason}`;
}
