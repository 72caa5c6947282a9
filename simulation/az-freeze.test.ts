import { expect, test } from 'vitest';
import { azOf, PEAK, REST, TIMEOUT_MS } from './az-faults.fixture.ts';
import { addedLatencyMsMax, attemptsPerRequestMax, failed, late, movedMs, quantile, resentMsMax } from './figures.ts';
import { run, type RunResult } from './run.ts';
import type { RegionShape } from './region.ts';
import { forEachSeed } from './seeds.ts';

const file = import.meta.filename;
const { env } = process;

interface Freeze {
  result: RunResult;
  atMs: number;
}

/** Freezes an AZ (or a part of it) at a moment that differs from seed to seed, and holds it for 6 s. */
function freeze(seed: number, ratePerSecond: number, part = '', shape: Partial<RegionShape> = {}): Freeze {
  const atMs = 6000 + ((seed * 37) % 500);
  const target = azOf(seed) + part;
  return { atMs, result: run({ seed, ratePerSecond, untilMs: atMs + 6000, faults: [{ atMs, act: (faults) => faults.freeze(target) }], shape }) };
}

function added({ result, atMs }: Freeze): number {
  return addedLatencyMsMax(result, { fromMs: 2000, untilMs: atMs - 1000 }, { fromMs: atMs - 1000, untilMs: Infinity })!;
}

for (const [when, ratePerSecond, count] of [['at peak', PEAK, 40], ['at rest', REST, 20]] as const) {
  test(`an AZ that freezes ${when} fails nothing, and what it held is sent again within 300 ms`, { timeout: TIMEOUT_MS }, () => {
    const addedMs: number[] = [];
    let resentRuns = 0;
    forEachSeed({ env, count, file }, (seed) => {
      const run = freeze(seed, ratePerSecond);
      const { result, atMs } = run;
      expect(result.violations).toEqual([]);
      expect(failed(result, 'order'), 'failed orders').toBe(0);
      expect(failed(result, 'menu'), 'failed menus').toBe(0);
      expect(attemptsPerRequestMax(result), 'attempts per request').toBeLessThanOrEqual(1.1);
      expect(movedMs(result, azOf(seed), { fromMs: atMs, untilMs: Infinity }) ?? 0, 'time until traffic has moved').toBeLessThanOrEqual(700);
      const resentMs = resentMsMax(result, atMs);
      if (resentMs !== null) {
        resentRuns += 1;
        expect(resentMs, 'time to re-send').toBeLessThanOrEqual(300);
      }
      addedMs.push(added(run));
    });
    if (addedMs.length < count) return;
    expect(resentRuns, 'runs in which the freeze caught something').toBeGreaterThan(addedMs.length / 4);
    expect(quantile(addedMs.sort((a, b) => a - b), 0.9), 'added latency in 9 of 10 runs').toBeLessThanOrEqual(600);
  });
}

for (const part of ['-dc1', '-dc2', '-kitchen-a', '-storefront-b', '-load-balancer']) {
  test(`a freeze of az*${part} at peak fails nothing`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: 8, file }, (seed) => {
      const { result } = freeze(seed, PEAK, part);
      expect(result.violations).toEqual([]);
      expect(failed(result, 'order')).toBe(0);
      expect(failed(result, 'menu')).toBe(0);
    });
  });
}

test('without rescue the same freeze breaks the bar for added latency: only the front door\'s timeout is left', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env, count: 10, file }, (seed) => {
    const run = freeze(seed, PEAK, '', { rescue: false });
    expect(added(run)).toBeGreaterThan(600);
    expect(late(run.result)).toBeGreaterThan(0);
  });
});

test('with neither rescue nor the front door\'s timeout the same freeze fails orders in every run', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env, count: 10, file }, (seed) => {
    const { result } = freeze(seed, PEAK, '', { rescue: false, frontDoor: { tryTimeoutMs: null } });
    expect(failed(result, 'order')).toBeGreaterThan(0);
  });
});
