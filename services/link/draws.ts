/**
 * The dice of a link. Each connection has a draw for each toxic that may govern it, and a sequence for
 * jitter and slicing, all of them functions of seed, proxy, ordinal of the connection and toxic alone: what
 * else happens, and in which order, moves none of them. It guards against the run that cannot be repeated,
 * and against a no-op edit that re-rolls who suffers.
 *
 * The reference draws anew at every edit, and its `-seed` reaches no draw.
 */
import { createRandom, seedOf } from '#policy/random.ts';

/** As many seeds as there are; of a larger one the lowest 32 bits count. */
export const SEEDS = 2 ** 32;

/** Who draws. */
export interface DrawOf {
  /** From 0 to {@link SEEDS} - 1. */
  seed: number;
  proxy: string;
  /** Connections of the proxy, counted from zero in order of arrival. */
  ordinal: number;
}

/** Uniform in [0, 1): the toxic governs the connection if this is below its toxicity. */
export function toxicDraw({ seed, proxy, ordinal }: DrawOf, toxic: string): number {
  return createRandom(seedOf(seed, JSON.stringify([proxy, ordinal, toxic])))();
}

/** A sequence of uniform numbers in [0, 1) of the connection's own. */
export function connectionRandom({ seed, proxy, ordinal }: DrawOf): () => number {
  return createRandom(seedOf(seed, JSON.stringify([proxy, ordinal])));
}
