// When a balancer stops believing its checks.
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { stepFailOpen, type FailOpen } from './fail-open.ts';

test('opens when fewer than half are usable and the rest answers, and closes after five good seconds', () => {
  const state: FailOpen = { open: false, enoughSinceMs: null };
  expect(stepFailOpen(state, { usable: 5, sick: 4, total: 9 }, 0, P)).toBe(false);
  expect(stepFailOpen(state, { usable: 4, sick: 5, total: 9 }, 100, P)).toBe(true);
  expect(stepFailOpen(state, { usable: 6, sick: 3, total: 9 }, 200, P)).toBe(false);
  expect(stepFailOpen(state, { usable: 5, sick: 4, total: 9 }, 3000, P)).toBe(false);
  expect(stepFailOpen(state, { usable: 6, sick: 3, total: 9 }, 4000, P)).toBe(false);
  expect(stepFailOpen(state, { usable: 6, sick: 3, total: 9 }, 8999, P)).toBe(false);
  expect(stepFailOpen(state, { usable: 6, sick: 3, total: 9 }, 9000, P)).toBe(true);
  expect(state.open).toBe(false);
});

test('stays closed when what is down cannot be reached: nobody is gained by sending there', () => {
  const state: FailOpen = { open: false, enoughSinceMs: null };
  expect(stepFailOpen(state, { usable: 1, sick: 0, total: 9 }, 0, P)).toBe(false);
});
