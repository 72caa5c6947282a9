import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JournalEvent } from '#contracts/journal.ts';
import type { Region } from '#contracts/region.ts';
import { Observer } from './observer.ts';

const REGION = { endpoints: [{ name: 'front-door', role: 'front-door', az: null, environment: { AZIMUTH_RESCUE: 'on' } }, { name: 'az1-kitchen-a', role: 'service', az: 'az1', environment: { KITCHEN_OVENS: '8' } }] } as unknown as Region;
const API = {
  events: async () => ({ events: [], next: 0 }),
  baked: async () => ({ baked: [], next: 0 }),
  counters: async () => Promise.reject(new Error('it does not answer')),
} as unknown as ConstructorParameters<typeof Observer>[0];

let journal: JournalEvent[];
let observer: Observer;
beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] });
  journal = [];
  observer = new Observer(API, REGION, journal);
  await observer.start();
});
afterEach(() => void vi.useRealTimers());

async function gapsMs(): Promise<number[]> {
  await observer.stop();
  return journal.flatMap((event) => (event.type === 'host.sampled' ? [event.gapMs] : []));
}

test('a host that goes on has no gaps', async () => {
  await vi.advanceTimersByTimeAsync(5_000);
  expect(Math.max(...(await gapsMs()))).toBeLessThanOrEqual(1);
});

test('a process that did not run for a while has a gap as long, told once', async () => {
  await vi.advanceTimersByTimeAsync(2_000);
  // Both clocks go on and no timer runs, as on a host that is starved.
  const now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now + 3_000);
  vi.setSystemTime(Date.now() + 3_000);
  await vi.advanceTimersByTimeAsync(1_000);
  const gaps = (await gapsMs()).filter((ms) => ms > 1_000);
  expect(gaps).toEqual([expect.closeTo(3_000, -3)]);
  vi.restoreAllMocks();
});

test('a wall clock that jumps is a gap, forwards and backwards', async () => {
  await vi.advanceTimersByTimeAsync(2_000);
  vi.setSystemTime(Date.now() + 7_000);
  await vi.advanceTimersByTimeAsync(2_000);
  vi.setSystemTime(Date.now() - 4_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await gapsMs()).filter((ms) => ms > 1_000)).toEqual([expect.closeTo(7_000, -2), expect.closeTo(4_000, -2)]);
});

test('is no more heard of once it has stopped', async () => {
  await observer.stop();
  const { length } = journal;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([journal.length, vi.getTimerCount()]).toEqual([length, 0]);
});
