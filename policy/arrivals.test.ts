import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeRate, createArrivals, takeDue } from './arrivals.ts';

test('arrival times follow from seed and rate alone, however often they are asked for', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 2000 }), fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }), (seed, rate, pauses) => {
      const asked = createArrivals(seed, rate, 0);
      const inPieces: number[] = [];
      let nowMs = 0;
      for (const pauseMs of pauses) inPieces.push(...takeDue(asked, (nowMs += pauseMs)));
      expect(inPieces).toEqual(takeDue(createArrivals(seed, rate, 0), nowMs));
    }),
  );
});

test('arrivals come in order, none before its time and none twice', () => {
  const arrivals = createArrivals(1, 500, 1000);
  const times = [...takeDue(arrivals, 1000), ...takeDue(arrivals, 3000)];
  expect(times.every((time, i) => time > 1000 && time <= 3000 && (i === 0 || time > (times[i - 1] ?? 0)))).toBe(true);
  expect(takeDue(arrivals, 3000)).toEqual([]);
  expect(arrivals.nextAtMs).toBeGreaterThan(3000);
});

test('over a minute the rate is the one that was asked for, and the counts per second scatter as Poisson counts do', () => {
  const times = takeDue(createArrivals(9, 300, 0), 60_000);
  expect(Math.abs(times.length - 18_000)).toBeLessThan(4 * Math.sqrt(18_000));
  const perSecond = Array.from({ length: 60 }, (_, second) => times.filter((time) => Math.floor(time / 1000) === second).length);
  const variance = perSecond.reduce((sum, count) => sum + (count - 300) ** 2, 0) / 60;
  expect(variance / 300).toBeGreaterThan(0.5);
  expect(variance / 300).toBeLessThan(2);
});

test('at rate 0 nobody comes, and the gap that was running is not lost', () => {
  const arrivals = createArrivals(1, 10, 0);
  const meantMs = arrivals.nextAtMs;
  changeRate(arrivals, 0, meantMs / 2);
  expect(arrivals.nextAtMs).toBe(Infinity);
  expect(takeDue(arrivals, 1e9)).toEqual([]);
  changeRate(arrivals, 10, 1e9);
  expect(arrivals.nextAtMs - 1e9).toBeCloseTo(meantMs / 2, 6);
});

test('another rate stretches the running gap and goes on with the same sequence', () => {
  const steady = createArrivals(5, 100, 0);
  const changed = createArrivals(5, 100, 0);
  changeRate(changed, 50, 0);
  const stretched = takeDue(steady, 1000).map((time) => time * 2);
  takeDue(changed, 2000).forEach((time, i) => expect(time).toBeCloseTo(stretched[i] ?? 0, 6));
});
