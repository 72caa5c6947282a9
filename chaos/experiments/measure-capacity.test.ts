import { describe, expect, test } from 'vitest';
import type { CapacityConditions, CapacityEvidence, CapacityProbe } from '#contracts/capacity.ts';
import type { Fault, FaultRequest } from '#contracts/faults.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import { missedMax, prober } from './capacity-probe.ts';
import { measureCapacity, type MeasureOptions } from './measure-capacity.ts';
import { FakeRegion } from './region.fixture.ts';

const conditions: CapacityConditions = { ovensPerAz: 16, bakeMeanMs: 80, bakeCv: 0.5, cpuModel: 'a cpu' };
const probed = (az: AvailabilityZone, ratePerSecond: number, knee: number): CapacityProbe => ({
  az, ratePerSecond, orders: 20_000, missed: ratePerSecond <= knee ? 3 : 21, failed: 0, latencyMsP50: 90, latencyMsP99: 300, cpuMax: 0.5, held: ratePerSecond <= knee, date: '2025-01-01',
});

/** An injector that only knows shifts, and AZs with known knees. */
function bench(knees: Record<string, number>, change: Partial<MeasureOptions> = {}) {
  const shifted = new Set<string>();
  const seen: string[] = [];
  const kept: CapacityEvidence[] = [];
  const options: MeasureOptions = {
    api: {
      break: async ({ verb, target }: FaultRequest) => {
        shifted.add(target);
        return { id: target, verb, target, detail: {}, members: [], reason: null, holder: 'suite', by: null, startedMs: 0, skewMs: 0, leaseEndsMs: 0, state: 'active' } satisfies Fault;
      },
      renew: async () => Promise.reject(new Error('not within these milliseconds')),
      healFault: async (id) => {
        shifted.delete(id);
        return { healed: [], remains: [], acknowledgedMs: 0, atMs: 0 };
      },
    },
    tryRate: async (az, ratePerSecond) => {
      seen.push(`${az} ${ratePerSecond} without ${[...shifted].sort().join()}`);
      return probed(az, ratePerSecond, knees[az] ?? 0);
    },
    azs: ['az1', 'az2', 'az3'], conditions, guessPerSecond: 188, commit: null, known: [], signal: new AbortController().signal,
    onProbe: (evidence) => kept.push(structuredClone(evidence)), onProgress: () => undefined, ...change,
  };
  return { options, shifted, seen, kept };
}

describe('a measurement of capacity', () => {
  test('finds each knee with the other AZs out of rotation, and puts them back', async () => {
    const { options, shifted, seen } = bench({ az1: 190, az2: 180, az3: 201 });
    const { knees } = await measureCapacity(options);
    expect(knees).toEqual({ az1: 190, az2: 180, az3: 200 });
    expect(seen.every((line) => !line.split('without ')[1]?.includes(line.slice(0, 3)))).toBe(true);
    expect(seen[0]).toBe('az1 188 without az2,az3');
    expect(shifted.size).toBe(0);
  });

  test('keeps every probe as it is over and goes on from what is known', async () => {
    const first = bench({ az1: 190 }, { azs: ['az1'] });
    await measureCapacity(first.options);
    const halfway = first.kept[1] as CapacityEvidence;
    expect(halfway.probes).toHaveLength(2);
    expect(halfway.knees).toEqual({});
    const second = bench({ az1: 190 }, { azs: ['az1'], known: halfway.probes });
    expect((await measureCapacity(second.options)).knees).toEqual({ az1: 190 });
    expect(second.seen).toHaveLength(first.seen.length - 2);
  });

  test('puts the AZs back when a probe fails', async () => {
    const { options, shifted } = bench({}, { tryRate: async () => Promise.reject(new Error('the region is gone')) });
    await expect(measureCapacity(options)).rejects.toThrow('the region is gone');
    expect(shifted.size).toBe(0);
  });
});

describe('a probe', { timeout: 60_000 }, () => {
  test('of 20,000 orders may miss twenty', () => {
    expect(missedMax(20_000)).toBe(20);
  });

  test.concurrent('holds when enough orders were answered in time', async () => {
    const region = await FakeRegion.start();
    try {
      const probe = await prober(region.api, 1, 500)('az1', 600, new AbortController().signal, () => undefined);
      expect(probe).toMatchObject({ az: 'az1', ratePerSecond: 600, missed: 0, failed: 0, held: true });
      expect(probe.orders).toBeGreaterThanOrEqual(500);
    } finally {
      await region.stop();
    }
  });

  test.concurrent('begins on an AZ that is warm, and on a region that has drained, not in the collapse that a higher rate left', async () => {
    const region = await FakeRegion.start();
    const rates: number[] = [];
    const traffic: typeof region.api.traffic = (request) => {
      rates.push(request.ratePerSecond);
      return region.api.traffic(request);
    };
    try {
      const tryRate = prober({ traffic, records: (...asked) => region.api.records(...asked) }, 1, 200);
      for (let i = 0; i < 2; i++) await tryRate('az1', 400, new AbortController().signal, () => undefined);
      expect(rates).toEqual([200, 100, 400, 100, 400]);
    } finally {
      await region.stop();
    }
  });

  test.concurrent('is given up as soon as more orders missed than it may miss', async () => {
    const region = await FakeRegion.start();
    region.failing = true;
    try {
      const probe = await prober(region.api, 1, 20_000)('az1', 600, new AbortController().signal, () => undefined);
      expect(probe.held).toBe(false);
      expect(probe.orders).toBeLessThan(5_000);
    } finally {
      await region.stop();
    }
  });
});
