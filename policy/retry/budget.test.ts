// How many re-sends a failing upstream gets.
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { newRetryBudget, noteFirstAttempt, takeRetry, type RetryBudget } from './budget.ts';

function takeAll(budget: RetryBudget, nowMs: number): number {
  let taken = 0;
  while (taken < 10_000 && takeRetry(budget, nowMs, P)) taken += 1;
  return taken;
}

test('allows ten without any traffic, so that a quiet service can be helped', () => {
  expect(takeAll(newRetryBudget(P), 0)).toBe(10);
});

test('allows a tenth of the first attempts of the last ten seconds beside', () => {
  const budget = newRetryBudget(P);
  for (let i = 0; i < 1000; i++) noteFirstAttempt(budget, i * 10);
  expect(takeAll(budget, 9999)).toBe(110);
  expect(takeAll(budget, 9999)).toBe(0);
});

test('forgets after the window, also across a long silence', () => {
  const budget = newRetryBudget(P);
  for (let i = 0; i < 1000; i++) noteFirstAttempt(budget, i);
  expect(takeAll(budget, 999)).toBe(110);
  expect(takeAll(budget, 10_000)).toBe(10);
  expect(takeAll(budget, 1e9)).toBe(10);
});
