// That failing at once does not look like having nothing to do.
import { expect, test } from 'vitest';
import { HandDriven } from '../hand-driven.fixture.ts';
import { heldByFailures, newFailedFast, noteFailure } from './failing-fast.ts';

test('failures at a steady rate hold what answers at that rate would hold, and are forgotten as fast', () => {
  const failed = newFailedFast(0);
  expect(heldByFailures(failed, 0)).toBe(0);
  for (let nowMs = 0; nowMs < 2000; nowMs += 10) noteFailure(failed, 80, nowMs);
  // 100 a second × 80 ms.
  expect(heldByFailures(failed, 1990)).toBe(9);
  expect(heldByFailures(failed, 1990 + 80)).toBe(3);
  expect(heldByFailures(failed, 1990 + 400)).toBe(0);
});

/** Shares of 3,000 requests, 100 a second to each of three zones, which answer in 80 ms but for what `fails` at once. */
function shares(fails: (targetId: string, request: number) => boolean): Record<string, number> {
  const bench = new HandDriven();
  const counts: Record<string, number> = { 'az1-lb': 0, 'az2-lb': 0, 'az3-lb': 0 };
  const open: { attemptId: number; atMs: number }[] = [];
  for (let request = 0; request < 3000; request += 1) {
    bench.wait(10 / 3);
    while (open[0] !== undefined && open[0].atMs <= bench.nowMs) bench.answer(open.shift()?.attemptId ?? 0);
    const { attemptId, targetId } = bench.request(`r${request}`);
    counts[targetId] = (counts[targetId] ?? 0) + 1 / 3000;
    if (fails(targetId, request)) bench.answer(attemptId, 503);
    else open.push({ attemptId, atMs: bench.nowMs + 80 });
  }
  return counts;
}

test.each([1, 2])('a zone that refuses every request, or every second, gets no more than its share (1 in %d)', (every) => {
  const { 'az1-lb': share } = shares((targetId, request) => targetId === 'az1-lb' && request % every === 0);
  expect(share).toBeLessThanOrEqual(1 / 3);
});

test('zones that answer share alike', () => {
  for (const share of Object.values(shares(() => false))) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.03);
});
