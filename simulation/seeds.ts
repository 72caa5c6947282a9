/**
 * Many seeds in one test, and the one that failed named so that it can be run again alone:
 * `SIM_SEED=17 npx vitest run simulation/az-freeze.test.ts`. `SIM_SEEDS=500` runs more than the suite does.
 */

export interface SeedChoice {
  /** Environment of the test run: `SIM_SEED` replays one seed, `SIM_SEEDS` sets how many. */
  env: Record<string, string | undefined>;
  /** How many seeds the suite runs. */
  count: number;
  /** The test's own file, `import.meta.filename`. */
  file: string;
}

/** Runs `check` for each seed; the first that throws is thrown again with its seed and replay command in front. */
export function forEachSeed(choice: SeedChoice, check: (seed: number) => void): void {
  for (const seed of seedsOf(choice)) {
    try {
      check(seed);
    } catch (error) {
      const file = choice.file.slice(choice.file.lastIndexOf('simulation/'));
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${seed}: ${what}\nreplay: SIM_SEED=${seed} npx vitest run ${file}`, { cause: error });
    }
  }
}

function seedsOf({ env, count }: SeedChoice): number[] {
  const only = whole(env, 'SIM_SEED');
  if (only !== null) return [only];
  return Array.from({ length: whole(env, 'SIM_SEEDS') ?? count }, (_, index) => index + 1);
}

function whole(env: SeedChoice['env'], name: 'SIM_SEED' | 'SIM_SEEDS'): number | null {
  const text = env[name];
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is "${text}": give a whole number, 0 or more`);
  return value;
}
