import { describe, expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import type { StatedFault } from './stated-fault.ts';
import { touchedBy } from './touched.ts';

const order = (change: Partial<CustomerRecord> = {}): CustomerRecord => ({
  seq: 1, kind: 'order', arm: 'balanced', intendedMs: 0, sentMs: 0, answeredMs: 90, status: 201, az: 'az2', retried: null, bakeMs: 80, bakedIn: 'az2', ...change,
});
const touched = (stated: StatedFault, change: Partial<CustomerRecord>): boolean => touchedBy([order(change)], { az: 'az1', stated }) === 1;

const kill: StatedFault = { verb: 'kill', target: 'az1' };
const cut: StatedFault = { verb: 'cut', target: 'az1', peer: 'az2' };
const isolate: StatedFault = { verb: 'isolate', target: 'az1' };
const slow: StatedFault = { verb: 'slow', target: 'az1', latencyMs: 400, jitterMs: 50 };

describe('a fault touched an order', () => {
  test.each<[string, StatedFault, Partial<CustomerRecord>, boolean]>([
    ['that failed', kill, { status: null, answeredMs: null, az: null }, true],
    ['that failed, of a cut', cut, { status: 502, az: 'az3' }, true],
    ['that went elsewhere because of its AZ', kill, { retried: 'az1' }, true],
    ['that went elsewhere because of another AZ', kill, { retried: 'az3' }, false],
    ['that its AZ answered after asking elsewhere, when processes died', kill, { az: 'az1', retried: 'az2' }, false],
    ['that nothing happened to', kill, {}, false],
    ['whose storefront lost the far end of the cut', cut, { az: 'az1', retried: 'az2' }, true],
    ['that the front door took away from the near end of the cut', cut, { az: 'az3', retried: 'az1' }, true],
    ['that left an AZ which the cut does not touch', cut, { az: 'az1', retried: 'az3' }, false],
    ['that crossed before the cut, unharmed', cut, { az: 'az1', bakedIn: 'az2' }, false],
    ['that left an isolated AZ', isolate, { retried: 'az1' }, true],
    ['that an AZ with bad ways answered after asking elsewhere', { verb: 'flaky', target: 'az1', share: 0.3 }, { az: 'az1', retried: 'az2' }, true],
    ['that waited on a slowed way', slow, { az: 'az1', answeredMs: 450 }, true],
    ['whose oven took as long as a slowed way', slow, { az: 'az1', answeredMs: 450, bakeMs: 440 }, false],
    ['that nothing happened to, where the jitter may take off all of the delay', { ...slow, latencyMs: 200, jitterMs: 200 }, { az: 'az1' }, false],
    ['that waited as long as the mean of such a delay', { ...slow, latencyMs: 200, jitterMs: 200 }, { az: 'az1', answeredMs: 290 }, true],
    ['that was slow where no way was slowed', slow, { az: 'az2', answeredMs: 450 }, false],
  ])('%s', (_what, stated, change, hit) => {
    expect(touched(stated, change)).toBe(hit);
  });
});
