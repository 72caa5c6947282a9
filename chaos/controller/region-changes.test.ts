import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fault, Lever } from '#contracts/faults.ts';
import { regionChanges, type HeldView } from './region-changes.ts';
import { RegionWatch } from './region-watch.ts';

const OPEN: Lever = { blocked: false, reason: null, sinceMs: null };
const fault = (id: string, leaseEndsMs = 10_000): Fault => ({
  id, verb: 'kill', target: 'az1', detail: {}, members: ['az1-link'], reason: null, holder: 'operator', by: null, startedMs: 0, skewMs: 0, leaseEndsMs, state: 'active',
});
const view = (faults: Fault[], atMs = 1000, lever = OPEN): HeldView => ({ faults, lever, atMs });
const typesOf = (before: HeldView | null, now: HeldView | null): string[] => regionChanges(before, now, 1000).map(({ type }) => type);

describe('between two looks', () => {
  test.each<[what: string, before: HeldView | null, now: HeldView | null, types: string[]]>([
    ['nothing happened', view([fault('f1')]), view([fault('f1')]), []],
    ['a fault was made', view([]), view([fault('f1')]), ['fault.made']],
    ['one was healed and another made', view([fault('f1')]), view([fault('f2')]), ['fault.over', 'fault.made']],
    ['its lease ended', view([fault('f1', 900)]), view([], 1000), ['fault.lapsed']],
    ['its lease would have ended later', view([fault('f1', 5000)]), view([], 1000), ['fault.over']],
    ['new faults were blocked', view([]), view([], 1000, { blocked: true, reason: 'drill', sinceMs: 1 }), ['lever.set']],
    ['the injector went', view([fault('f1')]), null, ['injector.lost']],
    ['the injector is not there yet', null, null, []],
    ['the injector came back', null, view([fault('f1')]), ['injector.found']],
  ])('%s', (_what, before, now, types) => {
    expect(typesOf(before, now)).toEqual(types);
  });
});

describe('the injector', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('is asked only while somebody follows, and the first look tells nothing', async () => {
    const told: string[] = [];
    let looks = 0;
    const look = vi.fn<() => Promise<HeldView>>(async () => view([fault(`f${(looks += 1)}`)]));
    const watch = new RegionWatch(look, ({ type }) => told.push(type));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(look).not.toHaveBeenCalled();
    const [one, other] = [watch.begin(), watch.begin()];
    await vi.advanceTimersByTimeAsync(10);
    expect([look.mock.calls.length, told]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([look.mock.calls.length, told]).toEqual([2, ['fault.over', 'fault.made']]);
    one();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(look).toHaveBeenCalledTimes(3);
    other();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(3);
  });

  test('that takes long is not asked twice at once', async () => {
    const look = vi.fn<() => Promise<HeldView>>(() => new Promise(() => undefined));
    const end = new RegionWatch(look, () => undefined).begin();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(look).toHaveBeenCalledTimes(1);
    end();
  });
});
