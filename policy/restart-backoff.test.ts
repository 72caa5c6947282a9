import { expect, test } from 'vitest';
import { restartAfterMs } from './restart-backoff.ts';

test('one that cannot start is tried ever more seldom, up to a bound, and for good', () => {
  const waits: number[] = [];
  for (let before: number | null = null; waits.length < 9; ) waits.push((before = restartAfterMs(before, 100)));
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

test('one that lived for a while is started soon again, however often it was tried before', () => {
  expect(restartAfterMs(10_000, 30_000)).toBe(250);
  expect(restartAfterMs(10_000, 29_999)).toBe(10_000);
});
