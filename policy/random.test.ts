import { expect, test } from 'vitest';
import { createRandom, exponential, lognormal, normal, seedOf } from './random.ts';

const draw = (random: () => number, count: number): number[] => Array.from({ length: count }, () => random());
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

test('the same seed throws the same dice, for ever', () => {
  expect(draw(createRandom(42), 1000)).toEqual(draw(createRandom(42), 1000));
  // Fixed figures: another algorithm would silently change every replay.
  expect(draw(createRandom(1), 3).map((value) => Math.round(value * 2 ** 32))).toEqual([2_420_951_833, 2_513_034_076, 3_847_892_949]);
});

test('neighbouring seeds have nothing in common', () => {
  const first = draw(createRandom(1), 2000);
  const second = draw(createRandom(2), 2000);
  const product = mean(first.map((value, i) => (value - 0.5) * ((second[i] ?? 0) - 0.5)));
  expect(Math.abs(product / (1 / 12))).toBeLessThan(0.1);
});

test('dice are uniform in [0, 1)', () => {
  const values = draw(createRandom(7), 100_000);
  expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values.slice(0, 50_000))).toBeLessThan(1);
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const value of values) tenths[Math.floor(value * 10)]! += 1;
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('gaps of a Poisson process have their mean as deviation', () => {
  const random = createRandom(3);
  const values = Array.from({ length: 100_000 }, () => exponential(random, 20));
  expect(mean(values)).toBeCloseTo(20, 0);
  expect(deviation(values)).toBeCloseTo(20, 0);
});

test('a normal deviate has mean 0 and deviation 1', () => {
  const random = createRandom(4);
  const values = Array.from({ length: 100_000 }, () => normal(random));
  expect(mean(values)).toBeCloseTo(0, 1);
  expect(deviation(values)).toBeCloseTo(1, 1);
});

test('bakes have the mean and the coefficient of variation that were asked for', () => {
  const random = createRandom(5);
  const values = Array.from({ length: 200_000 }, () => lognormal(random, 80, 0.5));
  expect(Math.abs(mean(values) - 80)).toBeLessThan(0.5);
  expect(Math.abs(deviation(values) / mean(values) - 0.5)).toBeLessThan(0.01);
  expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThan(0);
});

test('with a coefficient of variation of 0 every bake is the mean', () => {
  const random = createRandom(6);
  for (let i = 0; i < 100; i += 1) expect(lognormal(random, 80, 0)).toBeCloseTo(80, 9);
});

test('every named part has a seed of its own, and it depends on the seed of the whole', () => {
  const names = ['az1-kitchen-a', 'az1-kitchen-b', 'az2-kitchen-a', 'az2-kitchen-b', 'az3-kitchen-a', 'az3-kitchen-b'];
  expect(new Set(names.flatMap((name) => [seedOf(1, name), seedOf(2, name)])).size).toBe(12);
  expect(seedOf(1, 'az1-kitchen-a')).toBe(seedOf(1, 'az1-kitchen-a'));
});
