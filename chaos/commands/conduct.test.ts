import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { without } from '#chaos/verdict/staged-run.fixture.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { TestController } from '../controller/controller.fixture.ts';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { adjusted } from './adjustments.ts';
import { conduct, type ConductOptions } from './conduct.ts';
import { Printed } from './printed.fixture.ts';

/** Eight ovens per AZ: rated 75/s, designed peak 150/s. */
const PEAK = 150;
const document: ExperimentDocument = {
  ...without(experimentNamed('az-power-loss'), 'added_latency_ms', 'attempts_per_request', 'time_to_balanced'),
  phases: { warmMs: 100, baselineMs: 3_000, faultMs: 1_500, recoveryMs: 500 }, until: null,
};

let state: string;
let region: FakeRegion;
let controller: TestController;
let told: Printed;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-conduct-'));
  vi.stubEnv('AZIMUTH_STATE_DIR', state);
  region = await FakeRegion.start();
  controller = await TestController.start(region.url);
  told = Printed.keep();
});
afterEach(async () => {
  told.restore();
  vi.unstubAllEnvs();
  await controller.stop();
  await region.stop();
  rmSync(state, { recursive: true });
});

const run = (change: Partial<ConductOptions> = {}) => conduct({
  running: controller.running, document, azs: ['az1'], ratePerSecond: null, seed: 1, timeoutMs: null, allowInconclusive: false, reportDir: null, json: true, replay: './azimuth run x',
  signal: new AbortController().signal, ...change,
});
const printed = (): Verdict => JSON.parse(told.out) as Verdict;
const faults = (): string[] => region.calls.filter((call) => call.startsWith('POST /v1/faults'));

describe('a run for somebody who asked', { timeout: 30_000 }, () => {
  test('orders the peak that the region was designed for, whatever its ovens are now, and is not ready with fewer', async () => {
    expect(await run({ document: adjusted(document, { rescue: true, ovens: 6 }) })).toBe('NOT_READY');
    expect(printed()).toMatchObject({ verdict: 'NOT_READY', replay: `./azimuth run x --rate ${PEAK} --seed 1`, runs: [{ headroom: { ratedPerAz: 56, canLoseAz: false } }] });
    expect(printed().runs[0]?.reasons).toEqual([expect.stringMatching(/^Headroom: with an AZ gone, 150 orders\/s are 134 %/)]);
    expect(faults()).toEqual([]);
  });

  test('above that peak warns and runs, since somebody wanted it', async () => {
    await run({ ratePerSecond: PEAK + 50 });
    expect(told.err).toContain(`${PEAK + 50} orders/s is above the designed peak of ${PEAK}/s`);
    expect(faults()).toHaveLength(1);
    expect(printed().runs[0]?.headroom.canLoseAz).toBe(false);
  });

  test('waits for a region that is busy with starting, and says so', async () => {
    region.busyAnswers = 1;
    expect(await run({ document: adjusted(document, { rescue: true, ovens: 6 }) })).toBe('NOT_READY');
    expect(told.err).toContain('Waiting up to 20 s for the region. busy with starting');
    expect(printed().runs).toHaveLength(1);
  });

  test('of a region in which new faults are blocked begins nothing', async () => {
    region.lever = { blocked: true, reason: 'release at noon', sinceMs: 1 };
    await expect(run()).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('release at noon') as string });
    expect(region.calls).toEqual([]);
  });

  test('whose time is up ends ABORTED with everything healed, and the report lies where it was wanted', async () => {
    const reportDir = join(state, 'elsewhere');
    expect(await run({ timeoutMs: 1_000, reportDir, azs: ['az1', 'az2'] })).toBe('ABORTED');
    expect(printed()).toMatchObject({ verdict: 'ABORTED', expected: 'PASS', notRun: ['az2'], runs: [{ az: 'az1', reasons: [expect.stringMatching(/its time was up/)] }] });
    expect(region.faults).toEqual([]);
    expect(readdirSync(reportDir)).toEqual([expect.stringMatching(/Z-az-power-loss$/)]);
  });
});
