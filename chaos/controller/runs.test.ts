/** Runs through the API, on a region of its own for each: they take seconds of real time, so they go side by side. */
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { Run, RunEvent, RunRequest } from '#contracts/runs.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { without } from '#chaos/verdict/staged-run.fixture.ts';
import { fetchReport, followRun, lookAtRun, stopRun } from '../client/controller-run.ts';
import { openFetched } from '../client/fetched-report.ts';
import { experimentNamed } from '../experiments/documents.ts';
import type { FakeRegion } from '../experiments/region.fixture.ts';
import { TestController } from './controller.fixture.ts';
import { test } from './region-each.fixture.ts';
import type { RunLine } from './run-journal.ts';
import { turnBack } from './turn-back.ts';

const document: ExperimentDocument = {
  ...without(experimentNamed('az-power-loss'), 'added_latency_ms', 'attempts_per_request', 'time_to_balanced'),
  phases: { warmMs: 100, baselineMs: 2_000, faultMs: 1_500, recoveryMs: 300 }, until: null,
};
const LONG: ExperimentDocument = { ...document, phases: { ...document.phases, faultMs: 60_000 } };
const ABOUT = { experiment: 'az-freeze', title: 'An AZ freezes', expected: 'PASS' as const, azs: ['az1' as const], ratePerSecond: 300, seed: 1, attached: false };
const request = (change: Partial<RunRequest> = {}): RunRequest => ({ document, azs: ['az1'], ratePerSecond: 60, ...change });
const never = new AbortController().signal;

async function post({ running }: TestController, body: unknown): Promise<{ status: number; body: Run & { error?: { code: string; message: string } }; location: string | null }> {
  const response = await fetch(`${running.api}/v1/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Run, location: response.headers.get('location') };
}
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const giveUpMs = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > giveUpMs) throw new Error('it did not come to hold');
    await sleep(50);
  }
};
const struck = (region: FakeRegion) => (): boolean => region.faults.length > 0;

/** Until the returned function is called no line of that type, or none at all, is written. */
function holdJournal({ journal }: TestController, type?: RunLine['type']): () => void {
  let release = (): void => undefined;
  const disk = new Promise<void>((resolve) => (release = resolve));
  const append = journal.append.bind(journal);
  journal.append = (line) => (type === undefined || line.type === type ? disk.then(() => append(line)) : append(line));
  return () => release();
}

describe('a run', { timeout: 60_000 }, () => {
  test.concurrent('is accepted, told phase by phase, judged, and its report is there file by file', async ({ region, controller }) => {
    const { status, body, location } = await post(controller, request({ azs: ['az2', 'az1'], replay: './azimuth run it' }));
    expect([status, location, body]).toEqual([202, '/v1/runs/r1', expect.objectContaining({ id: 'r1', state: 'running', experiment: 'az-power-loss', azs: ['az2', 'az1'], ratePerSecond: 60, seed: 1, attached: false, end: null, files: [] })]);
    const told: RunEvent[] = [];
    const end = await followRun(controller.running, 'r1', never, (event) => told.push(event));
    const types = told.filter(({ type }) => type !== 'figures').map((event) => ('az' in event ? `${event.az} ${event.type}` : event.type));
    const ofAz = (az: string): string[] => [...['phase.started', 'phase.started', 'phase.started', 'fault.injected', 'phase.started', 'fault.healed', 'verdict.found'].map((type) => `${az} ${type}`)];
    expect(types).toEqual(['run.started', ...ofAz('az2'), ...ofAz('az1'), 'run.ended']);
    expect(told.filter(({ type }) => type === 'figures').length).toBeGreaterThan(5);
    expect(region.calls.filter((call) => call.startsWith('PUT /v1/verdicts'))).toHaveLength(2);
    const run = await lookAtRun(controller.running, 'r1');
    expect(run).toMatchObject({ state: 'ended', now: null, end: { verdict: end.verdict, outcome: end.outcome, trouble: null } });
    expect(run.files.map(({ path }) => path)).toEqual(expect.arrayContaining(['verdict.json', 'junit.xml', 'report.md', 'report.html', 'az1/records.ndjson.gz', 'az1/events.json', 'az2/document.json']));
    const files = await fetchReport(controller.running, run);
    expect(run.files.map(({ path, bytes }) => [path, bytes])).toEqual([...files].map(([path, bytes]) => [path, bytes.length]));
    await expect(fetchReport(controller.running, run, 100)).rejects.toThrow(/longer than any report/);
    const report = openFetched(files);
    expect(report?.verdict).toMatchObject({ experiment: 'az-power-loss', region: 'fake', replay: './azimuth run it', runs: [{ az: 'az2' }, { az: 'az1' }] } satisfies Partial<Record<keyof Verdict, unknown>>);
    expect(report?.runs.map(({ journal }) => journal.find((event) => event.type === 'run.started')?.az)).toEqual(['az2', 'az1']);
    const page = await fetch(`${controller.running.api}/v1/runs/r1/report/report.html`);
    expect([page.headers.get('content-type'), page.headers.get('content-security-policy')]).toEqual(['text/html; charset=utf-8', expect.stringContaining("default-src 'none'")]);
    for (const path of ['..%2f..%2fruns.jsonl', '../../runs.jsonl', 'az1', 'nothing.txt', '%00']) expect((await fetch(`${controller.running.api}/v1/runs/r1/report/${path}`)).status).toBeGreaterThanOrEqual(400);
  });

  test.concurrent('is the only one: a second is refused with who runs, and goes once it is over', async ({ region, controller }) => {
    await post(controller, request({ document: LONG }));
    await until(struck(region));
    const second = await post(controller, request());
    expect([second.status, second.body.error?.code, second.body.error?.message]).toEqual([409, 'AZ_RUN_UNDERWAY', expect.stringMatching(/\(r1: az-power-loss on az1, for \d+ s\)$/)]);
    await stopRun(controller.running, 'r1');
    expect((await followRun(controller.running, 'r1', never, () => undefined)).outcome).toBe('ABORTED');
    expect(region.faults).toEqual([]);
    expect((await post(controller, request({ document: { ...LONG, phases: { ...document.phases, warmMs: 60_000 } } }))).body.id).toBe('r2');
  });

  test.concurrent('that is stopped is healed first, says why, and is stopped once', async ({ region, controller }) => {
    await post(controller, request({ document: LONG }));
    await until(struck(region));
    expect((await stopRun(controller.running, 'r1')).state).toBe('ending');
    expect(['ending', 'ended']).toContain((await stopRun(controller.running, 'r1')).state);
    const end = await followRun(controller.running, 'r1', never, (event) => {
      if (event.type === 'run.ended') expect(region.faults).toEqual([]);
    });
    expect(end).toMatchObject({ verdict: 'ABORTED', outcome: 'ABORTED', trouble: null });
    const report = openFetched(await fetchReport(controller.running, await lookAtRun(controller.running, 'r1')));
    expect(report?.verdict.runs[0]?.reasons[0]).toBe('It was stopped by hand; what was broken was healed.');
  });

  test.concurrent('that somebody is attached to ends when they have gone for longer than a moment', async ({ region, controller }) => {
    await post(controller, request({ document: LONG, attached: true }));
    const leave = new AbortController();
    const listening = fetch(`${controller.running.api}/v1/runs/r1/events`, { signal: leave.signal });
    await listening;
    await until(struck(region));
    await sleep(5_500);
    expect((await lookAtRun(controller.running, 'r1')).state).toBe('running');
    leave.abort();
    await sleep(3_000);
    expect((await lookAtRun(controller.running, 'r1')).state).toBe('running');
    await until(async () => (await lookAtRun(controller.running, 'r1')).state === 'ended');
    expect(region.faults).toEqual([]);
    const report = openFetched(await fetchReport(controller.running, await lookAtRun(controller.running, 'r1')));
    expect(report?.verdict.runs[0]?.reasons[0]).toBe('It was stopped because nobody followed it any more; what was broken was healed.');
  });

  test.concurrent('on a region that is not ready ends so, without a report and with what to do', async ({ region, controller }) => {
    region.lever = { blocked: true, reason: 'release at noon', sinceMs: 1 };
    await post(controller, request());
    const end = await followRun(controller.running, 'r1', never, () => undefined);
    expect(end).toMatchObject({ verdict: null, outcome: 'NOT_READY', trouble: { state: 'NOT_READY', message: expect.stringContaining('release at noon') as string, hint: expect.stringContaining('unlock') as string } });
    expect((await lookAtRun(controller.running, 'r1')).files).toEqual([]);
    expect(region.calls).toEqual([]);
  });

  test.concurrent('that finds the region not ready for a later AZ keeps what it found before', async ({ region, controller }) => {
    await post(controller, request({ azs: ['az1', 'az2'] }));
    await until(struck(region));
    region.lever = { blocked: true, reason: 'release at noon', sinceMs: 1 };
    const end = await followRun(controller.running, 'r1', never, () => undefined);
    expect(end).toMatchObject({ trouble: null });
    const report = openFetched(await fetchReport(controller.running, await lookAtRun(controller.running, 'r1')));
    expect(report?.verdict).toMatchObject({ notRun: [], runs: [{ az: 'az1', requests: { offered: expect.any(Number) as number } }, { az: 'az2', verdict: 'NOT_READY', reasons: [expect.stringContaining('release at noon')] }] });
    expect(report?.verdict.runs[0]?.requests.offered).toBeGreaterThan(100);
  });

  test.concurrent('that is stopped while it waits for the region is aborted', async ({ region, controller }) => {
    region.busyAnswers = 100;
    await post(controller, request());
    await stopRun(controller.running, 'r1');
    expect(await followRun(controller.running, 'r1', never, () => undefined)).toMatchObject({ verdict: null, outcome: 'ABORTED', trouble: { state: 'ABORTED' } });
    expect(region.calls).toEqual([]);
  });

  test.concurrent('that takes longer than was allowed is aborted', async ({ region, controller }) => {
    await post(controller, request({ document: LONG, timeoutMs: 3_500, azs: ['az1', 'az2'] }));
    expect((await followRun(controller.running, 'r1', never, () => undefined)).outcome).toBe('ABORTED');
    const report = openFetched(await fetchReport(controller.running, await lookAtRun(controller.running, 'r1')));
    expect(report?.verdict).toMatchObject({ notRun: ['az2'], runs: [{ reasons: [expect.stringMatching(/its time was up/)] }] });
    expect(region.faults).toEqual([]);
  });

  test.concurrent('whose report cannot be written says so, and what was found', async ({ controller }) => {
    await post(controller, request());
    writeFileSync(join(controller.folder, 'reports'), 'a file where the folder should be');
    const told: RunEvent[] = [];
    const end = await followRun(controller.running, 'r1', never, (event) => told.push(event));
    expect(end).toMatchObject({ outcome: 'ERROR', trouble: { message: expect.stringMatching(/^The report could not be written/) as string } });
    expect(told.map(({ type }) => type)).toContain('verdict.found');
  });
});

describe('a controller that ends', { timeout: 60_000 }, () => {
  test.concurrent('in order heals what its run broke, and remembers the run', async ({ region, controller }) => {
    await post(controller, request({ document: LONG }));
    await until(struck(region));
    await controller.stop({ keepFolder: true });
    expect(region.faults).toEqual([]);
    const next = await TestController.start(region.url, controller.folder);
    expect((await lookAtRun(next.running, 'r1')).end).toMatchObject({ verdict: 'ABORTED' });
    expect((await post(next, request({ document: { ...LONG, phases: { ...document.phases, warmMs: 60_000 } } }))).body.id).toBe('r2');
    await next.stop({ keepFolder: true });
  });

  test.concurrent('without a word leaves a run that the next one ends as an error, with its switches and the rate of the customers turned back; a torn line and half a report harm nobody', async ({ region, controller }) => {
    region.traffic = { ratePerSecond: 150, arm: 'bare' };
    const lines = [{ type: 'asked', id: 'r7', atMs: 5, about: ABOUT, switches: ['rescue'] }, { type: 'ready', id: 'r7', customers: { ratePerSecond: 20, arm: 'balanced' } }];
    appendFileSync(join(controller.folder, 'runs.jsonl'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"type":"asked","id":"r8","atM`);
    mkdirSync(join(controller.folder, 'reports', 'r7.part'), { recursive: true });
    const next = await TestController.start(region.url, controller.folder);
    expect((await lookAtRun(next.running, 'r7')).end).toMatchObject({ verdict: null, outcome: 'ERROR', trouble: { message: 'The controller ended while it ran.' } });
    expect(await followRun(next.running, 'r7', never, () => undefined)).toMatchObject({ outcome: 'ERROR' });
    expect(next.journal.found.isTorn).toBe(true);
    await until(() => ['PUT /v1/settings {"rescue":null}', 'PUT /v1/traffic {"ratePerSecond":20,"arm":"balanced"}'].every((call) => region.calls.includes(call)));
    expect((await post(next, request({ document: LONG }))).body.id).toBe('r8');
    await until(() => next.journal.state.runs.get('r7')?.owes === false);
    await next.stop({ keepFolder: true });
    const after = await TestController.start(region.url, controller.folder);
    expect(region.calls.filter((call) => call.startsWith('PUT /v1/settings'))).toHaveLength(1);
    await after.stop({ keepFolder: true });
  });

  test.concurrent('without a word and again before anything was turned back leaves that to the one after it; a run that is asked for waits', async ({ region, controller }) => {
    region.traffic = { ratePerSecond: 300, arm: 'balanced' };
    const end = { endedMs: 9, verdict: null, outcome: 'ERROR', trouble: { state: 'ERROR', message: 'The controller ended while it ran.', hint: null } };
    const lines = [{ type: 'asked', id: 'r7', atMs: 5, about: ABOUT, switches: [] }, { type: 'ready', id: 'r7', customers: { ratePerSecond: 20, arm: 'balanced' } }, { type: 'ended', id: 'r7', end, owes: true }];
    appendFileSync(join(controller.folder, 'runs.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    region.busyAnswers = 3;
    const next = await TestController.start(region.url, controller.folder);
    await post(next, request({ document: LONG }));
    await until(() => next.journal.state.runs.get('r8')?.customers != null);
    expect([region.calls[0], next.journal.state.runs.get('r8')?.customers]).toEqual(['PUT /v1/traffic {"ratePerSecond":20,"arm":"balanced"}', { ratePerSecond: 20, arm: 'balanced' }]);
    await next.stop({ keepFolder: true });
  });

  test.concurrent('whose journal cannot be read keeps the reports of its runs', async ({ region, controller }) => {
    const folder = join(controller.folder, 'other');
    mkdirSync(join(folder, 'runs.jsonl'), { recursive: true });
    mkdirSync(join(folder, 'reports', 'r3'), { recursive: true });
    const next = await TestController.start(region.url, folder);
    expect(readdirSync(join(folder, 'reports'))).toEqual(['r3']);
    await next.stop({ keepFolder: true });
  });
});

describe('customers before a run', { timeout: 60_000 }, () => {
  test.concurrent('are written down before it changes anything', async ({ region, controller }) => {
    const release = holdJournal(controller, 'ready');
    await post(controller, request({ document: LONG }));
    await sleep(1_500);
    expect(region.calls).toEqual([]);
    release();
    await until(() => region.calls.length > 0);
    expect(controller.journal.state.runs.get('r1')?.customers).toEqual({ ratePerSecond: 30, arm: 'balanced' });
  });

  test.concurrent('who hear nothing at the end of it are turned back by the controller, and the next run waits for that', async ({ region, controller }) => {
    await post(controller, request());
    const told: string[] = [];
    const end = await followRun(controller.running, 'r1', never, (event) => {
      // As often as the run itself tries.
      if (event.type === 'phase.started' && event.phase === 'recovery') region.busyTraffic = 4;
      if (event.type === 'run.told') told.push(event.text);
    });
    expect([end.trouble, told]).toEqual([null, [expect.stringMatching(/the customers \(30 orders\/s\) could not be turned back/)]]);
    await until(() => controller.journal.state.runs.get('r1')?.owes === false && region.traffic.ratePerSecond === 30);
  });

  test.concurrent('who do not answer just now are asked again', async ({ region }) => {
    const customers = { ratePerSecond: 20, arm: 'balanced' } as const;
    region.traffic = { ratePerSecond: ABOUT.ratePerSecond, arm: 'balanced' };
    let asks = 0;
    const api = { ...region.api, status: async () => ((asks += 1) === 1 ? { ...(await region.api.status()), customers: null } : region.api.status()) };
    expect(await turnBack(api, { about: ABOUT, switches: [], rates: [], customers }, never)).toBe(true);
    expect([asks, region.traffic]).toEqual([2, customers]);
  });

  test.concurrent('who were told another rate since are left alone', async ({ region }) => {
    const customers = { ratePerSecond: 20, arm: 'balanced' } as const;
    expect(await turnBack(region.api, { about: ABOUT, switches: [], rates: [], customers }, never)).toBe(true);
    expect(region.calls).toEqual([]);
    region.traffic = { ratePerSecond: ABOUT.ratePerSecond, arm: 'balanced' };
    expect(await turnBack(region.api, { about: ABOUT, switches: [], rates: [], customers }, never)).toBe(true);
    expect(region.traffic).toEqual(customers);
  });
});

describe('what is no run', () => {
  test.concurrent.for<[what: string, change: object, where: RegExp]>([
    ['a document of another kind', { document: { ...document, kind: 'KneeSearch' } }, /document\/kind/],
    ['a document with something unknown', { document: { ...document, shell: 'rm -rf /' } }, /document must NOT have additional properties/],
    ['a phase without end', { document: { ...document, phases: { ...document.phases, faultMs: 1e12 } } }, /phases\/faultMs/],
    ['a metric that is none', { document: { ...document, assertions: [{ id: 'x', metric: 'luck', phase: null, min: null, max: 1 }] } }, /assertions\/0\/metric/],
    ['an AZ that is none', { azs: ['az9'] }, /azs\/0/],
    ['no AZ', { azs: [] }, /azs/],
    ['a rate of nothing', { ratePerSecond: 0 }, /ratePerSecond/],
    ['a seed that is text', { seed: '1' }, /seed/],
    ['something that is not asked', { force: true }, /additional properties/],
  ])('%s is refused by its name, and nothing runs', async ([, change, where], { region, controller }) => {
    const answer = await post(controller, { ...request(), ...change });
    expect([answer.status, answer.body.error?.code, answer.body.error?.message]).toEqual([400, 'AZ_BAD_REQUEST', expect.stringMatching(where)]);
    expect((await fetch(`${controller.running.api}/v1/runs`).then((response) => response.json())) as object).toEqual({ runs: [] });
    expect(region.calls).toEqual([]);
  });

  test.concurrent('one that is not there is not found, whatever is asked of it', async ({ controller }) => {
    for (const [method, path] of [['GET', 'r1'], ['DELETE', 'r1'], ['GET', 'r1/events'], ['GET', 'r1/report/verdict.json']] as const) expect((await fetch(`${controller.running.api}/v1/runs/${path}`, { method })).status).toBe(404);
    expect((await fetch(`${controller.running.api}/v1/runs/../../etc`)).status).toBe(404);
  });
});

describe('while a run is written down', () => {
  test('a controller that is told to end begins it no more', async ({ region, controller }) => {
    const release = holdJournal(controller);
    const begun = controller.keeper.begin(request());
    const closed = controller.keeper.close();
    release();
    await expect(begun).rejects.toMatchObject({ code: 'AZ_STOPPING' });
    await closed;
    expect(region.calls).toEqual([]);
  });

  test('nobody who follows it is missed for too long: it is ended as soon as it is there', async ({ controller }) => {
    const release = holdJournal(controller);
    const begun = controller.keeper.begin(request({ document: LONG, attached: true }));
    await sleep(5_500);
    release();
    const { id } = await begun;
    expect(await followRun(controller.running, id, never, () => undefined)).toMatchObject({ outcome: 'ABORTED' });
  });
});
