/**
 * The dice of everything that must replay: the same seed gives the same arrivals, bakes and choices, in a
 * program and in the simulation. Not for secrets.
 *
 * Algorithm: sfc32 (Chris Doty-Humphrey's Small Fast Counter, PractRand), 128 bits of state, of which 32
 * count, so that the period is at least 2^32; seeded through splitmix32, so that neighbouring seeds do not
 * give related sequences. https://pracrand.sourceforge.net/RNG_engines.txt
 */

/**
 * @param seed any number; its lowest 32 bits count
 * @returns uniform numbers in [0, 1), multiples of 2^-32
 */
export function createRandom(seed: number): () => number {
  let mix = seed >>> 0;
  const next = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = next();
  let b = next();
  let c = next();
  let counter = 1;
  const random = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i += 1) random();
  return random;
}

/** Exponentially distributed with the given mean, in its unit: the gap between two arrivals of a Poisson process. */
export function exponential(random: () => number, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** Normally distributed, mean 0, standard deviation 1 (Box and Muller 1958, one of the pair). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Lognormally distributed with the given mean and coefficient of variation (standard deviation over mean).
 * sigma² = ln(1 + cv²), mu = ln(mean) - sigma²/2.
 */
export function lognormal(random: () => number, mean: number, cv: number): number {
  const variance = Math.log(1 + cv * cv);
  return Math.exp(Math.log(mean) - variance / 2 + Math.sqrt(variance) * normal(random));
}

/** A seed of its own for every named part of one seeded whole (FNV-1a, 32 bits). */
export function seedOf(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
