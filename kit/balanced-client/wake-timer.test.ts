import { expect, test, vi } from 'vitest';
import { WakeTimer } from './wake-timer.ts';

test('the earliest wish counts, later ones are asked again', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const wakes: number[] = [];
  const timer = new WakeTimer(() => wakes.push(Math.round(performance.now() - start)));
  const start = performance.now();
  timer.wakeBy(start + 500);
  timer.wakeBy(start + 100);
  timer.wakeBy(start + 300);
  timer.wakeBy(Infinity);
  vi.advanceTimersByTime(1000);
  expect(wakes).toEqual([100]);
  timer.wakeBy(start + 1200);
  timer.stop();
  vi.advanceTimersByTime(1000);
  expect(wakes).toEqual([100]);
  vi.useRealTimers();
});

test('a process that was blocked is told how late it is', async () => {
  const lag = await new Promise<number>((resolve) => {
    new WakeTimer(resolve).wakeBy(performance.now() + 10);
    const blockedUntilMs = performance.now() + 120;
    while (performance.now() < blockedUntilMs);
  });
  expect(lag).toBeGreaterThan(80);
});
