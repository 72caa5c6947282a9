/**
 * Looks at a region from a kill on until it holds no fault and inspection finds nothing of one. A region that nobody can ask
 * is not whole, and one that was whole and is broken again was not: a fault may have been asked for just before the kill,
 * and be made after it.
 */
import type { Fault, Residue } from '#contracts/faults.ts';
import { pause } from '#chaos/injector/pause.ts';

const LOOK_EVERY_MS = 250;
/** So long it must stay whole: whoever makes a fault in that moment has made it by then. */
const STAYS_MS = 3000;
/** Far past every bar: what is left then stays. */
const GIVE_UP_MS = 60_000;

export interface Remains {
  faults: Pick<Fault, 'verb' | 'target'>[];
  residue: Residue[];
}

/** Times are milliseconds since the kill, of the answer that showed it. */
export interface Aftermath {
  /** Somebody could be asked again; null for never. */
  answeredMs: number | null;
  /** From then on it was whole; null for never. */
  wholeMs: number | null;
  /** Faults that were held when somebody looked, `kill az1`. */
  held: string[];
  /** The most things that were not as the description has them at one look. */
  residueMax: number;
  /** What was left at the last look that was answered; nothing where it became whole. */
  left: string[];
}

/**
 * @param look rejects while nobody can be asked
 * @param sinceMs the kill, of the monotonic clock
 * @returns null when `signal` ended it
 */
export async function untilWhole(look: () => Promise<Remains>, sinceMs: number, signal: AbortSignal): Promise<Aftermath | null> {
  const held = new Set<string>();
  const found: Aftermath = { answeredMs: null, wholeMs: null, held: [], residueMax: 0, left: [] };
  for (;;) {
    const remains = await look().catch(() => null);
    if (signal.aborted) return null;
    const atMs = performance.now() - sinceMs;
    if (remains === null) found.wholeMs = null;
    else {
      const faults = remains.faults.map(({ verb, target }) => `${verb} ${target}`);
      for (const fault of faults) held.add(fault);
      found.answeredMs ??= atMs;
      found.residueMax = Math.max(found.residueMax, remains.residue.length);
      found.left = [...faults, ...remains.residue.map(({ name, reason }) => `${name} ${reason}`)];
      found.wholeMs = found.left.length > 0 ? null : (found.wholeMs ?? atMs);
    }
    const isOver = found.wholeMs === null ? atMs >= GIVE_UP_MS : atMs >= found.wholeMs + STAYS_MS;
    if (isOver) return { ...found, held: [...held] };
    await pause(LOOK_EVERY_MS, signal);
  }
}
