import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CapacityEvidence } from '#contracts/capacity.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import { capacityConditions, knownCapacity, peakOf, readEvidence, writeEvidence } from './known-capacity.ts';

const kitchen = (az: 'az1' | 'az2' | 'az3', ovens: number): Endpoint => ({
  name: `${az}-kitchen-a`, role: 'service', az, dc: `${az}-dc1`, service: 'kitchen', scope: 'zonal', address: null, admin: null, program: null, networks: [],
  environment: { KITCHEN_OVENS: String(ovens), KITCHEN_BAKE_MEAN_MS: '80', KITCHEN_BAKE_CV: '0.5' },
});
const region: Region = { schema: 'azimuth.region/1', region: 'azimuth', body: 'embedded', endpoints: [kitchen('az1', 16), kitchen('az2', 16), kitchen('az3', 16)], links: [] };
const evidence = (): CapacityEvidence => ({
  schema: 'azimuth.capacity/1', conditions: capacityConditions(region, null), probes: [], knees: { az1: 200, az2: 196, az3: 198 }, commit: null, date: '2025-01-01',
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-capacity-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what is known of a region\'s capacity', () => {
  test('comes from the model until it was measured here', () => {
    const capacity = knownCapacity(region, null, folder);
    expect(capacity).toEqual({ ratedPerAz: 150, source: 'model' });
    expect(peakOf(capacity)).toBe(300);
  });

  test('comes from the evidence that was kept', () => {
    writeEvidence(folder, evidence());
    expect(knownCapacity(region, null, folder)).toEqual({ ratedPerAz: 156, source: 'measured' });
  });

  test('is the model\'s again when ovens are switched off', () => {
    writeEvidence(folder, evidence());
    expect(knownCapacity(region, 8, folder)).toEqual({ ratedPerAz: 75, source: 'model' });
  });

  test('does not come from a measurement that is under way', () => {
    writeEvidence(folder, evidence(), 'underway');
    expect(knownCapacity(region, null, folder).source).toBe('model');
  });

  test('takes the AZ with the fewest ovens', () => {
    const uneven: Region = { ...region, endpoints: [kitchen('az1', 16), kitchen('az2', 8), kitchen('az3', 16)] };
    expect(capacityConditions(uneven, null).ovensPerAz).toBe(8);
  });

  test.each(['', '{"schema":"azimuth.capacity/1"', '{"schema":"azimuth.capacity/2","knees":{}}', 'null'])('passes over a file that is none: %s', (text) => {
    writeFileSync(join(folder, 'capacity.json'), text);
    expect(readEvidence(folder)).toBeNull();
  });
});
