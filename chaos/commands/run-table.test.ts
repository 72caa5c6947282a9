import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { publishRunning } from '#kit/state-folder.ts';
import type * as Runs from '../client/asked-run.ts';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { runTable } from './run-table.ts';

const runToItsEnd = vi.hoisted(() => vi.fn<typeof Runs.runToItsEnd>());
vi.mock('../client/asked-run.ts', () => ({ runToItsEnd }));

/** Eight ovens per AZ are described: rated 75/s, designed peak 150/s. */
const PEAK = 150;
/** Of six. */
const RATED_NOW = 56;
const CODE = { commit: () => 'of a test', isUnchangedSince: () => true, lastChangeMs: () => 0 };

let state: string;
let region: FakeRegion;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-table-'));
  vi.stubEnv('AZIMUTH_STATE_DIR', state);
  vi.stubEnv('AZIMUTH_API_PORT', '1');
  region = await FakeRegion.start();
  publishRunning({ schema: 'azimuth.running/1', region: 'fake', body: 'embedded', api: region.url, pid: process.pid, urls: {}, startedMs: 1 });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await region.stop();
  rmSync(state, { recursive: true });
});

test.each([['kill-az1', PEAK], ['kill-rest', PEAK / 10]])('orders of row %s are %i/s, of the ovens that are described, whatever the region has now', async (row, ratePerSecond) => {
  region.ovens = 6;
  // What rejects is not kept: the evidence of the checkout stays as it is.
  runToItsEnd.mockRejectedValue(new Error('seen enough'));
  // A row that has its runs would begin none.
  vi.spyOn(CODE, 'isUnchangedSince').mockImplementation((...[commit]: unknown[]) => commit === CODE.commit());
  await expect(runTable({ region: 'fake', rows: [row] }, CODE)).rejects.toThrow('seen enough');
  expect(runToItsEnd.mock.lastCall?.[1]).toMatchObject({ ratePerSecond, capacity: { ratedPerAz: RATED_NOW } });
});

test('a row at another rate is run at that rate, is called after it, and is told how it goes on', async () => {
  runToItsEnd.mockRejectedValue(new Error('seen enough'));
  await expect(runTable({ region: 'fake', rows: ['kill-az1'], rate: 40 }, CODE)).rejects.toThrow('seen enough');
  expect(runToItsEnd.mock.lastCall?.[1]).toMatchObject({ ratePerSecond: 40, replay: './azimuth table --rate 40 --rows kill-az1@40' });
});
