import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ControllerKeeper } from './controller-keeper.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

test('one that ended is started again, once however often that is told', async () => {
  const start = vi.fn<() => Promise<void>>(async () => undefined);
  const keeper = new ControllerKeeper(start);
  keeper.ended();
  keeper.ended();
  await vi.advanceTimersByTimeAsync(249);
  expect(start).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(start).toHaveBeenCalledTimes(1);
  keeper.ended();
  await vi.advanceTimersByTimeAsync(500);
  expect(start).toHaveBeenCalledTimes(2);
});

test('one that does not start is tried ever more seldom, until the region ends', async () => {
  const start = vi.fn<() => Promise<void>>(async () => {
    throw new Error('port taken');
  });
  const keeper = new ControllerKeeper(start);
  keeper.ended();
  await vi.advanceTimersByTimeAsync(250 + 500 + 1000);
  expect(start).toHaveBeenCalledTimes(3);
  keeper.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(start).toHaveBeenCalledTimes(3);
});
