import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FAULT_VERBS } from '#contracts/faults.ts';
import { combinations } from './combinations.ts';
import { healLine, healOnce, isMiss, summaryText, type Heal, type HealableRegion } from './one-heal.ts';

const HEAL: Heal = { made: ['kill az1', 'slow az2 +400 ms'], brokenBefore: 7, healMs: 2400, remains: [], again: [] };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const take = (seed: number, silent: boolean, count = 300) => {
  const drawn = combinations(seed, silent);
  return Array.from({ length: count }, () => drawn.next().value);
};

test('a seed gives the same combinations for ever, and every verb comes', () => {
  expect(take(3, true)).toEqual(take(3, true));
  expect(take(3, true)).not.toEqual(take(4, true));
  expect([...new Set(take(1, false).flat().map(({ verb }) => verb))].sort()).toEqual([...FAULT_VERBS].sort());
  expect(take(1, false).flat().some(({ silent }) => silent === true)).toBe(false);
  expect(take(1, true).flat().some(({ silent }) => silent === true)).toBe(true);
  expect(new Set(take(1, true).map(({ length }) => length))).toEqual(new Set([2, 3, 4, 5]));
});

function regionOf(change: Partial<HealableRegion> & { tookMs?: number }): HealableRegion & { asked: string[] } {
  const asked: string[] = [];
  let isBroken = true;
  return {
    asked,
    break: async ({ verb, target }) => (asked.push(`${verb} ${target}`), target === 'az2' ? null : `${verb} ${target}`),
    heal: async () => {
      asked.push('heal');
      if (isBroken) await new Promise((resolve) => setTimeout(resolve, change.tookMs ?? 2400));
      const healed = isBroken ? ['az1-link'] : [];
      isBroken = false;
      return { healed, remains: [], acknowledgedMs: 1, atMs: 1 };
    },
    broken: async () => (isBroken ? ['az1-link is dead', 'kill az1 is held'] : []),
    ...change,
  };
}

async function healed(region: HealableRegion): Promise<Heal | null> {
  const heal = healOnce([{ verb: 'kill', target: 'az1' }, { verb: 'kill', target: 'az2' }], region);
  await vi.runAllTimersAsync();
  return heal;
}

test('a combination is made as far as it can be, healed, looked at and healed again', async () => {
  const region = regionOf({});
  expect(await healed(region)).toEqual({ made: ['kill az1'], brokenBefore: 2, healMs: 2400, remains: [], again: [] });
  expect(region.asked).toEqual(['kill az1', 'kill az2', 'heal', 'heal']);
  expect(await healed(regionOf({ break: async () => null }))).toBeNull();
});

test('what inspection still finds remains, and what is healed a second time was not healed the first', async () => {
  const blind = await healed(regionOf({ broken: async () => ['az1-link is dead'] }));
  expect([blind?.remains, isMiss(blind as Heal)]).toEqual([['az1-link is dead'], true]);
  const twice = await healed(regionOf({ heal: async () => ({ healed: ['az1-link'], remains: [], acknowledgedMs: 1, atMs: 1 }) }));
  expect([twice?.again, isMiss(twice as Heal)]).toEqual([['az1-link'], true]);
});

test('lines and the whole say what was found', async () => {
  const late = (await healed(regionOf({ tookMs: 10_001 }))) as Heal;
  expect([isMiss(HEAL), isMiss(late)]).toEqual([false, true]);
  expect(healLine(2, HEAL)).toBe('  2  kill az1, slow az2 +400 ms (7 broken): healed after 2.4 s, nothing left, nothing to do the second time');
  expect(healLine(3, { ...late, remains: ['az1-link is dead'], again: ['az1-link'] })).toMatch(/healed after 10\.0 s, LEFT: az1-link is dead, the second time DID: az1-link {2}MISS$/);
  expect(summaryText([HEAL, late])).toBe('2 combinations: healed after 10.0 s in the median, 10.0 s at most (bar 10.0 s); 1 too late, not whole, or not harmless the second time.');
  expect(summaryText([])).toBe('Nothing was healed.');
});
