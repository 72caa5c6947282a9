import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextStep } from './knee-search.ts';

/** Follows the search on an AZ that holds everything up to its knee. */
function search(knee: number, guess: number): { found: number; probes: { ratePerSecond: number; held: boolean }[] } {
  const probes: { ratePerSecond: number; held: boolean }[] = [];
  for (let step = nextStep(probes, guess); ; step = nextStep(probes, guess)) {
    if (step.done) return { found: step.kneePerSecond, probes };
    probes.push({ ratePerSecond: step.ratePerSecond, held: step.ratePerSecond <= knee });
    if (probes.length > 500) throw new Error('the search does not end');
  }
}

describe('the search for the knee', () => {
  test('begins where the model says', () => {
    expect(nextStep([], 188)).toEqual({ done: false, ratePerSecond: 188 });
  });

  test('takes five to seven probes when the model is about right', () => {
    for (const knee of [176, 181, 188, 193, 199, 204]) expect(search(knee, 188).probes.length).toBeLessThanOrEqual(7);
  });

  test('ends within 2/s below the knee, wherever it is, and never tries a rate twice', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 900 }), fc.integer({ min: 10, max: 400 }), (knee, guess) => {
      const { found, probes } = search(knee, guess);
      expect(found).toBeLessThanOrEqual(knee);
      expect(knee - found).toBeLessThan(2);
      expect(new Set(probes.map(({ ratePerSecond }) => ratePerSecond)).size).toBe(probes.length);
    }));
  });

  test('an AZ that holds nothing has no knee', () => {
    expect(search(0, 20).found).toBe(0);
  });

  test('a rate that held above one that broke does not raise the knee', () => {
    const probes = [{ ratePerSecond: 200, held: true }, { ratePerSecond: 190, held: false }, { ratePerSecond: 188, held: true }];
    expect(nextStep(probes, 188)).toEqual({ done: true, kneePerSecond: 188 });
  });
});
