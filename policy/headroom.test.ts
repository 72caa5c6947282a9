import { describe, expect, test } from 'vitest';
import type { CapacityConditions, CapacityEvidence } from '#contracts/capacity.ts';
import { capacityOf, designedPeak, headroom, ratedFromKnees, ratedFromModel } from './headroom.ts';

const AZS = ['az1', 'az2', 'az3'];
const conditions: CapacityConditions = { ovensPerAz: 16, bakeMeanMs: 80, bakeCv: 0.5, cpuModel: 'a cpu' };
const evidence = (change: Partial<CapacityEvidence> = {}): CapacityEvidence => ({
  schema: 'azimuth.capacity/1', conditions, probes: [], knees: { az1: 190, az2: 188, az3: 194 }, commit: null, date: '2025-01-01', ...change,
});

describe('what one AZ is rated for', () => {
  test('two kitchens of eight ovens and an 80 ms bake are rated 150/s, so the designed peak is 300/s', () => {
    expect(ratedFromModel(16, 80)).toBe(150);
    expect(designedPeak(150, 3)).toBe(300);
  });

  test('the weakest of the measured knees decides, less a fifth', () => {
    expect(ratedFromKnees([200, 190, 210])).toBe(152);
    expect(capacityOf(conditions, AZS, evidence())).toEqual({ ratedPerAz: 150, source: 'measured' });
  });

  test.each([
    ['no evidence', conditions, null],
    ['other ovens', { ...conditions, ovensPerAz: 8 }, evidence()],
    ['another bake', { ...conditions, bakeMeanMs: 60 }, evidence()],
    ['another spread of the bake', { ...conditions, bakeCv: 0.1 }, evidence()],
    ['another processor', { ...conditions, cpuModel: 'b cpu' }, evidence()],
    ['an AZ that was not measured', conditions, evidence({ knees: { az1: 190, az2: 190 } })],
    ['a knee that is no number', conditions, evidence({ knees: { az1: 190, az2: 190, az3: Number.NaN } })],
  ])('with %s the model speaks and says so', (_what, now, known) => {
    expect(capacityOf(now, AZS, known).source).toBe('model');
  });
});

describe('headroom', () => {
  test('at the designed peak an AZ runs at two thirds of its rating and at all of it after a loss', () => {
    const room = headroom({ ratedPerAz: 150, source: 'model' }, 300, 3);
    expect(room.utilisationBefore).toBeCloseTo(2 / 3, 10);
    expect(room.utilisationAfter).toBe(1);
    expect(room.canLoseAz).toBe(true);
  });

  test('one order per second above the designed peak cannot lose an AZ', () => {
    expect(headroom({ ratedPerAz: 150, source: 'model' }, 301, 3).canLoseAz).toBe(false);
  });
});
