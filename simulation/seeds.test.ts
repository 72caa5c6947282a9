import { expect, test } from 'vitest';
import { forEachSeed } from './seeds.ts';

const file = '/anywhere/simulation/az-freeze.test.ts';

function seedsRun(env: Record<string, string>): number[] {
  const seen: number[] = [];
  forEachSeed({ env, count: 3, file }, (seed) => seen.push(seed));
  return seen;
}

test('the suite runs the seeds 1 to count', () => {
  expect(seedsRun({})).toEqual([1, 2, 3]);
});

test('SIM_SEED replays one seed, and SIM_SEEDS runs more of them', () => {
  expect(seedsRun({ SIM_SEED: '17' })).toEqual([17]);
  expect(seedsRun({ SIM_SEEDS: '5' })).toHaveLength(5);
});

test('a failure names its seed and the command that replays it', () => {
  const failing = (): void => forEachSeed({ env: {}, count: 3, file }, (seed) => {
    if (seed === 2) throw new Error('4 orders failed');
  });
  expect(failing).toThrow('seed 2: 4 orders failed\nreplay: SIM_SEED=2 npx vitest run simulation/az-freeze.test.ts');
});

test('a seed that is no number is refused instead of running nothing', () => {
  expect(() => seedsRun({ SIM_SEED: 'abc' })).toThrow('SIM_SEED is "abc"');
});
