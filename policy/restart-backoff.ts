/**
 * How long to wait before a program that ended by itself is started again: twice as long each time, up to a bound, and from
 * the beginning once it has lived for a while. It guards against the program that cannot start and takes a processor for
 * trying. As Docker's own restart policy does, https://docs.docker.com/engine/containers/start-containers-automatically/.
 */
const FIRST_MS = 250;
const LONGEST_MS = 10_000;
/** Who lived so long had started. */
const SETTLED_MS = 30_000;

/** @param before the wait before its last start; null for the first. @param livedMs from that start to its end. @returns milliseconds */
export function restartAfterMs(before: number | null, livedMs: number): number {
  if (before === null || livedMs >= SETTLED_MS) return FIRST_MS;
  return Math.min(LONGEST_MS, before * 2);
}
