import { describe, expect, test } from 'vitest';
import { createRandom, lognormal } from '#policy/random.ts';
import { differenceOf, shareInterval, studentT } from './interval.ts';
import { quantileInterval } from './quantile-interval.ts';
import { carriesShift, shiftInterval } from './shift-interval.ts';

describe('an interval', () => {
  test('of a share has a width for none and for all', () => {
    expect(shareInterval(0, 60)?.high).toBeCloseTo(0.0996, 3);
    expect(shareInterval(60, 60)?.low).toBeCloseTo(0.9004, 3);
    expect(shareInterval(8, 40)).toMatchObject({ low: expect.closeTo(0.0859, 3), high: expect.closeTo(0.3995, 3) });
    expect(shareInterval(0, 0)).toBeNull();
  });

  test.each([[5, 4.032], [9, 3.25], [20, 2.845], [60, 2.66]])("of %d degrees of freedom has Student's t", (degrees, t) => {
    expect(Math.abs(studentT(degrees) - t) / t).toBeLessThan(0.006);
  });

  test('of a difference takes the end of each side that speaks against it', () => {
    const before = { estimate: 10, low: 6, high: 13 };
    const after = { estimate: 20, low: 16, high: 30 };
    expect(differenceOf(before, after)).toEqual({ estimate: 10, low: 10 - 5, high: 10 + Math.hypot(10, 4) });
  });

  test('of a difference of shares finds eight of forty seconds, and not five', () => {
    const none = shareInterval(0, 40);
    const differenceTo = (hits: number) => (none === null ? null : differenceOf(none, shareInterval(hits, 40) ?? none));
    expect(differenceTo(5)?.low).toBeLessThan(0);
    expect(differenceTo(8)?.low).toBeGreaterThan(0);
  });
});

describe('an interval of a quantile', () => {
  /** How often the interval holds the true quantile; every second is as slow as its own factor makes it. */
  const coverage = (seconds: number, scatter: number, q: number, truth: number): number => {
    const random = createRandom(11);
    let held = 0;
    for (let trial = 0; trial < 300; trial += 1) {
      const clusters = Array.from({ length: seconds }, () => {
        const factor = scatter === 0 ? 1 : lognormal(random, 1, scatter);
        return Array.from({ length: 40 }, () => factor * random());
      });
      const interval = quantileInterval(clusters, q);
      if (interval !== null && interval.low <= truth && truth <= interval.high) held += 1;
    }
    return held / 300;
  };

  test('holds it as often as it says', () => {
    expect(coverage(30, 0, 0.5, 0.5)).toBeGreaterThan(0.98);
    expect(coverage(30, 0, 0.95, 0.95)).toBeGreaterThan(0.98);
  });

  test('is wider where the orders of a second share their fate, and still holds it', () => {
    const random = createRandom(3);
    const flat = Array.from({ length: 30 }, () => Array.from({ length: 40 }, random));
    const shared = Array.from({ length: 30 }, () => {
      const factor = lognormal(random, 1, 0.5);
      return Array.from({ length: 40 }, () => factor * random());
    });
    const width = (clusters: number[][]): number => {
      const interval = quantileInterval(clusters, 0.5);
      return interval === null ? 0 : interval.high - interval.low;
    };
    expect(width(shared)).toBeGreaterThan(1.5 * width(flat));
    // The median of the product of a uniform and that lognormal, from a million draws.
    expect(coverage(30, 0.5, 0.5, 0.4085)).toBeGreaterThan(0.98);
  });

  test('is none where the sample does not reach beyond it', () => {
    expect(quantileInterval(Array.from({ length: 10 }, () => [1, 2, 3]), 0.999)).toBeNull();
    expect(quantileInterval([[1, 2, 3], [4, 5, 6]], 0.5)).toBeNull();
    expect(quantileInterval([], 0.5)).toBeNull();
  });
});

describe('a shift between runs', () => {
  test('needs five runs a side, or as many in all', () => {
    expect([[1, 1], [4, 4], [3, 8], [0, 9]].map(([before = 0, after = 0]) => carriesShift(before, after))).toEqual([false, false, false, false]);
    expect([[5, 5], [4, 6], [3, 9]].map(([before = 0, after = 0]) => carriesShift(before, after))).toEqual([true, true, true]);
  });

  test("has the bounds of the table of Mann and Whitney's test", () => {
    // n = m = 8: U ≤ 7 has 0.0035 of 0.005, U ≤ 8 0.0052.
    const before = [1, 2, 3, 4, 5, 6, 7, 8];
    const differences = before.flatMap((one) => before.map((other) => one - other)).sort((a, b) => a - b);
    expect(shiftInterval(before, before)).toEqual({ estimate: 0, low: differences[7], high: differences[56] });
  });

  test('finds runs that lie apart, by how far they do', () => {
    expect(shiftInterval([100, 110, 120, 105, 115], [200, 190, 210, 220, 205])).toEqual({ estimate: 95, low: 70, high: 120 });
  });

  test('is none for runs that are all alike', () => {
    expect(shiftInterval([0, 0, 0, 0, 0], [0, 0, 0, 0, 0])).toEqual({ estimate: 0, low: 0, high: 0 });
  });
});
