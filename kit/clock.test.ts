import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('a timer fires at its time, or at most a millisecond before', async () => {
  for (const delayMs of [0.4, 1.7, 3.2]) {
    const startedMs = systemClock.nowMs();
    await new Promise<void>((resolve) => systemClock.after(delayMs, resolve));
    expect(systemClock.nowMs() - startedMs).toBeGreaterThan(delayMs - 1);
  }
});

test('a timer for the far future does not fire now', async () => {
  let fired = false;
  const cancel = systemClock.after(1e15, () => (fired = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(fired).toBe(false);
  cancel();
});

test('a cancelled timer stays silent', async () => {
  let fired = false;
  systemClock.after(1, () => (fired = true))();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(fired).toBe(false);
});
