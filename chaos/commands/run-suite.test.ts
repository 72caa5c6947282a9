import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import type { SuiteDocument } from '#contracts/experiment.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { SuiteVerdict } from '#contracts/suite.ts';
import { CommandFailure } from '#kit/command-line.ts';
import type { AskedRun } from '../client/asked-run.ts';
import type * as ControllerRun from '../client/controller-run.ts';
import { openDocument } from '../experiments/documents.ts';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { shippedPath } from '../experiments/shipped-names.ts';
import type * as Conduct from './conduct.ts';
import { Printed } from './printed.fixture.ts';
import { runSuite, type SuiteOptions } from './run-suite.ts';

const askFor = vi.hoisted(() => vi.fn<typeof Conduct.askFor>());
vi.mock('./conduct.ts', () => ({ askFor }));
const listRuns = vi.hoisted(() => vi.fn<typeof ControllerRun.listRuns>());
vi.mock('../client/controller-run.ts', () => ({ listRuns }));

let folder: string;
let region: FakeRegion;
let printed: Printed;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-suite-'));
  vi.stubEnv('AZIMUTH_STATE_DIR', folder);
  region = await FakeRegion.start();
  printed = Printed.keep();
  askFor.mockReset().mockImplementation(async ({ document }) => asked(document.expect));
  listRuns.mockReset().mockResolvedValue({ runs: [] });
});
afterEach(async () => {
  printed.restore();
  await region.stop();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** As much of a run as a suite takes from it. */
function asked(verdict: VerdictState, asExpected = true): AskedRun {
  const run = { verdict, asExpected, reasons: asExpected ? [] : ['customers noticed'], requests: { failed: 0 }, addedLatencyMsMax: 120, host: { cpuMax: 0.5 } };
  return { end: { endedMs: 0, verdict, outcome: verdict, trouble: null }, found: [], foundAtMs: performance.now(), files: new Map([['report.md', Buffer.from('# a run')]]), report: { verdict: { runs: [run] }, runs: [{ journal: [] }] }, lost: null } as unknown as AskedRun;
}

const running = (): RunningRegion => ({ schema: 'azimuth.running/1', region: 'fake', body: 'embedded', pid: null, startedMs: 0, api: region.url, urls: {} });
function options(change: Partial<SuiteOptions> = {}): SuiteOptions {
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, 'apiVersion: azimuth/v1\nkind: Suite\nid: mine\ntitle: Mine\nexperiments:\n  - { experiment: ./frozen.yaml }\n  - { experiment: az-blackhole }\n  - { experiment: abort-rehearsal }\n');
  copyFileSync(shippedPath('az-freeze'), join(folder, 'frozen.yaml'));
  return {
    running: running(), suite: openDocument(file) as SuiteDocument, file, az: null, times: null, ratePerSecond: null, seed: 1, timeoutMs: null, allowInconclusive: false, reportDir: join(folder, 'reports'),
    resume: false, isUnchangedSince: () => true, json: false, replay: './azimuth run mine.yaml --seed 1', signal: new AbortController().signal, ...change,
  };
}
const made = (): string[] => askFor.mock.calls.map(([{ document, azs, seed }]) => `${document.id} ${azs.join()} ${seed}`);
const json = (): SuiteVerdict => JSON.parse(printed.out) as SuiteVerdict;

test('runs each experiment in each AZ, keeps a report of each and of all, and says what it left out', async () => {
  expect(await runSuite(options())).toBe('PASS');
  expect(made()).toEqual([1, 2, 3].flatMap((round) => [`az-freeze az${round} ${round}`, `abort-rehearsal az${round} ${round}`]));
  expect(printed.out).toMatch(/^1\/6 {2}az-freeze az1: PASS; [^]*\nPASS {2}mine: Mine; 6 of 6 runs as expected, score 100 %\n[^]*Left out: az-blackhole, it needs a region in containers\.\n[^]*Again: {3}\.\/azimuth run mine\.yaml --seed 1\nReport: /);
  const folders = readdirSync(join(folder, 'reports'));
  expect(folders.filter((name) => name.includes('az-freeze'))).toHaveLength(3);
  const own = folders.find((name) => name.endsWith('-mine')) as string;
  expect(readdirSync(join(folder, 'reports', own)).sort()).toEqual(['junit.xml', 'report.md', 'suite.json']);
  expect(readFileSync(join(folder, 'reports', own, 'report.md'), 'utf8')).toContain('| az-freeze | az1 | PASS | PASS | yes | ../');
});

test('one run that is not as expected decides, in one JSON document', async () => {
  askFor.mockImplementation(async ({ document, azs }) => (document.id === 'az-freeze' && azs[0] === 'az2' ? asked('FAIL', false) : asked(document.expect)));
  expect(await runSuite(options({ json: true }))).toBe('FAIL');
  expect(json()).toMatchObject({ schema: 'azimuth.suite/1', suite: 'mine', verdict: 'FAIL', reasons: ['az-freeze in az2: FAIL. customers noticed'], members: [{ experiment: 'az-freeze', state: 'FAIL' }, { state: 'PASS' }] });
});

test('stopped, keeps what was found; going on makes what is missing and what did not hold', async () => {
  const stop = new AbortController();
  askFor.mockImplementation(async ({ document, azs }) => {
    if (azs[0] === 'az2') stop.abort();
    return document.id === 'az-freeze' ? asked('INCONCLUSIVE', false) : asked(document.expect);
  });
  expect(await runSuite(options({ signal: stop.signal }))).toBe('ABORTED');
  expect(made()).toEqual(['az-freeze az1 1', 'abort-rehearsal az1 1', 'az-freeze az2 2']);
  askFor.mockReset().mockImplementation(async ({ document }) => asked(document.expect));
  expect(await runSuite(options({ resume: true }))).toBe('PASS');
  expect(made()).toEqual(['az-freeze az1 1', 'az-freeze az2 2', 'abort-rehearsal az2 2', 'az-freeze az3 3', 'abort-rehearsal az3 3']);
  expect(printed.out).toContain('abort-rehearsal az1: ABORTED, as it must; 0 failed, added 120 ms, host 50 %, report 0.00 s. (of before)');
});

test('a region that is fit for none of three in a row is asked no further', async () => {
  askFor.mockRejectedValue(new CommandFailure('az-freeze does not start: blocked.', EXIT.NOT_READY));
  expect(await runSuite(options())).toBe('ABORTED');
  expect(made()).toHaveLength(3);
  expect(printed.err).toContain('3 runs in a row could not be made');
  expect(printed.out).toContain('az-freeze in az1: NOT_READY. az-freeze does not start: blocked.');
});

test('a region that is not ready where it must not be is fit for more', async () => {
  const change = options();
  for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.yaml`), readFileSync(shippedPath('az-freeze'), 'utf8').replace('id: az-freeze', `id: ${name}`).replace('expect: PASS', 'expect: NOT_READY'));
  writeFileSync(change.file, 'apiVersion: azimuth/v1\nkind: Suite\nid: mine\ntitle: Mine\nexperiments:\n  - { experiment: ./one.yaml }\n  - { experiment: ./two.yaml }\n  - { experiment: abort-rehearsal }\n');
  const suite = openDocument(change.file) as SuiteDocument;
  askFor.mockImplementation(async ({ document }) => asked(document.expect, true));
  await runSuite({ ...change, suite: { ...suite, experiments: suite.experiments.slice(0, 2) }, times: 2 });
  expect(made()).toHaveLength(4);
});

test('a second one of a region is refused, and the first one keeps what it found', async () => {
  await runSuite(options({ az: 'az1' }));
  const kept = readFileSync(join(folder, 'fake', 'suite-mine.json'), 'utf8');
  listRuns.mockResolvedValue({ runs: [{ id: 'r7', experiment: 'az-freeze', state: 'running' }] } as unknown as Awaited<ReturnType<typeof ControllerRun.listRuns>>);
  await expect(runSuite(options())).rejects.toMatchObject({ exitCode: EXIT.NOT_READY, message: expect.stringContaining('Run r7 of az-freeze is under way') });
  expect(readFileSync(join(folder, 'fake', 'suite-mine.json'), 'utf8')).toBe(kept);
});

test('in one AZ, so many times', async () => {
  await runSuite(options({ az: 'az3', times: 2 }));
  expect(made()).toEqual(['az-freeze az3 1', 'abort-rehearsal az3 1', 'az-freeze az3 2', 'abort-rehearsal az3 2']);
});

test('that could not tell is accepted when somebody said so', async () => {
  askFor.mockImplementation(async ({ document }) => (document.expect === 'PASS' ? asked('INCONCLUSIVE', false) : asked(document.expect)));
  expect(await runSuite(options({ az: 'az1' }))).toBe('INCONCLUSIVE');
  expect(await runSuite(options({ az: 'az1', allowInconclusive: true }))).toBe('PASS');
});
