import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CAPACITY_SCHEMA, type CapacityEvidence } from '#contracts/capacity.ts';
import type { KneeSearchDocument } from '#contracts/experiment.ts';
import { EXIT } from '#contracts/exit-codes.ts';
import { evidenceFolder } from '#kit/state-folder.ts';
import { capacityConditions, readEvidence, writeEvidence } from '../capacity/known-capacity.ts';
import { REGION, TestController } from '../controller/controller.fixture.ts';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { measureAndReport } from './measure-capacity.ts';
import { Printed } from './printed.fixture.ts';

const document: KneeSearchDocument = { kind: 'KneeSearch', id: 'capacity', title: 'How much an AZ can take', question: 'How much?', azs: ['az1', 'az2', 'az3'] };
const probe = (az: 'az1' | 'az2', ratePerSecond: number, held: boolean): CapacityEvidence['probes'][number] => ({ az, ratePerSecond, orders: 20_000, missed: held ? 3 : 21, failed: 0, latencyMsP50: 90, latencyMsP99: 300, cpuMax: 0.5, held, date: '2026-11-01' });
/** Of az1 a search that was one step from its end. */
const UNDERWAY: CapacityEvidence = { schema: CAPACITY_SCHEMA, conditions: capacityConditions(REGION, null), probes: [probe('az1', 94, true), probe('az1', 98, false)], knees: {}, commit: null, date: '2026-11-01' };

let state: string;
let region: FakeRegion;
let controller: TestController;
let folder: string;
let printed: Printed;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-capacity-'));
  vi.stubEnv('AZIMUTH_STATE_DIR', state);
  region = await FakeRegion.start();
  controller = await TestController.start(region.url);
  folder = evidenceFolder(controller.running);
  writeEvidence(folder, UNDERWAY, 'underway');
  printed = Printed.keep();
  writeEvidence(folder, { ...UNDERWAY, probes: [probe('az2', 100, true), probe('az2', 102, false)], knees: { az2: 100 } });
});
afterEach(async () => {
  printed.restore();
  await controller.stop();
  await region.stop();
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const measure = (change: Partial<Parameters<typeof measureAndReport>[0]> = {}): Promise<void> =>
  measureAndReport({ running: controller.running, document, azs: ['az1'], seed: 1, resume: true, json: false, signal: new AbortController().signal, ...change });

test('goes on where an earlier one ended, and keeps what is known of the other AZs', async () => {
  const measuring = measure({ azs: ['az1'] });
  // Each probe is kept as soon as it is over.
  await vi.waitFor(() => expect(readEvidence(folder, 'underway')?.knees).toEqual({ az1: 96, az2: 100 }), { timeout: 30_000, interval: 5 });
  await measuring;
  expect(printed.out).toMatch(/^az1 {2}knee 96\/s after 3 probes\naz2 {2}knee 100\/s after 2 probes\naz3 {2}knee not measured\nThe rating needs the knee of every AZ/);
  expect(printed.err).toMatch(/az1, probe 3: 96\/s, .* missed, .* s to go\n[^]*az1: 96\/s holds \(0 of \d+ orders missed 500 ms/);
  expect(readEvidence(folder)).toMatchObject({ knees: { az1: 96, az2: 100 } });
  expect(existsSync(join(folder, 'capacity-underway.json'))).toBe(false);
});

test('stopped, says how to go on; what was known before stays', async () => {
  const stop = new AbortController();
  const measuring = measure({ signal: stop.signal });
  measuring.catch(() => undefined);
  await vi.waitFor(() => expect(region.calls).toContainEqual(expect.stringMatching(/^PUT \/v1\/traffic/)), { timeout: 10_000 });
  stop.abort();
  await expect(measuring).rejects.toMatchObject({ exitCode: EXIT.ABORTED, hint: expect.stringContaining('run capacity --resume') });
  expect([readEvidence(folder)?.knees, readEvidence(folder, 'underway')?.probes.length]).toEqual([{ az2: 100 }, 2]);
});
