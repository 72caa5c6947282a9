// Which of two targets is cheaper, and that two different ones are drawn.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { drawTwo, isCheaper, type Choice } from './two-choices.ts';

const idle: Choice = { latencyMs: 100, inFlight: 0, weight: 1, workMs: 0 };

describe('the cheaper of two targets', () => {
  test.each<[string, Partial<Choice>, Partial<Choice>, boolean]>([
    ['has less in flight', { inFlight: 1 }, { inFlight: 2 }, true],
    ['is not the luckier one: latencies within a factor of three are equal', { latencyMs: 40, inFlight: 1 }, { latencyMs: 100 }, false],
    ['is the faster one when the other is far slower', { latencyMs: 100, inFlight: 1 }, { latencyMs: 500 }, true],
    ['is not the one that has just come back', { weight: 0.1 }, { inFlight: 8 }, false],
    ['did less work lately, when all else is equal', { workMs: 10 }, { workMs: 20 }, true],
  ])('%s', (_name, a, b, cheaper) => {
    expect(isCheaper({ ...idle, ...a }, { ...idle, ...b }, P)).toBe(cheaper);
  });

  test('is never both', () => {
    const choice = fc.record({ latencyMs: fc.double({ min: 1, max: 1e4, noNaN: true }), inFlight: fc.nat(50), weight: fc.constantFrom(0.1, 0.5, 1), workMs: fc.nat(1000) });
    fc.assert(fc.property(choice, choice, (a, b) => !(isCheaper(a, b, P) && isCheaper(b, a, P))));
  });
});

test('two draws are in range and distinct, whatever the dice', () => {
  const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5000 }), dice, dice, (count, a, b) => {
      const draws = [a, b];
      const [i, j] = drawTwo(count, () => draws.shift() ?? 0);
      expect(i !== j && i >= 0 && j >= 0 && i < count && j < count).toBe(true);
    }),
  );
  expect(drawTwo(1, () => 0.9)).toEqual([0, 0]);
});
