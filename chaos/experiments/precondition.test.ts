import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Fault } from '#contracts/faults.ts';
import type { ComponentStatus, RegionStatus } from '#contracts/region-status.ts';
import type { Region } from '#contracts/region.ts';
import { experimentNamed, shippedExperiments } from './documents.ts';
import { needsContainers, readyRegion, requireBody, untilReady } from './precondition.ts';

const component = (name: string, role: string, state: ComponentStatus['state']): ComponentStatus => ({
  name, role, az: null, dc: null, state, pid: null, memoryBytes: null, memoryLimitBytes: null, cpuShare: null,
});
const status = (...components: ComponentStatus[]): RegionStatus =>
  ({ components, faults: [], customers: {}, lever: { blocked: false, reason: null, sinceMs: null }, journalTrouble: null }) as unknown as RegionStatus;
const signal = new AbortController().signal;
const answering = (answer: RegionStatus) => ({ status: () => Promise.resolve(answer) });

let told: string;
beforeEach(() => {
  told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((told += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

test('what is silent needs containers, and nothing else does', () => {
  expect(shippedExperiments().filter(needsContainers).map(({ id }) => id)).toEqual(['az-blackhole', 'az-power-loss-silent']);
});

test('on processes it is refused with the reason and what to type, on containers it is not', () => {
  const blackhole = experimentNamed('az-blackhole');
  expect(() => requireBody(blackhole, 'embedded')).toThrow(expect.objectContaining({
    exitCode: 2, message: expect.stringContaining('az-blackhole needs a region in containers') as string, hint: expect.stringContaining('docker compose up -d --wait') as string,
  }));
  expect(() => requireBody(blackhole, 'compose')).not.toThrow();
});

test('a region is ready without those who only watch it', async () => {
  const whole = status(component('az1-kitchen-a', 'service', 'running'), component('grafana', 'observer', 'dead'));
  expect(await untilReady(answering(whole), 'x', signal)).toBe(whole);
  expect(told).toBe('');
});

test('what only somebody can change is refused at once, with what to do', async () => {
  const whole = status(component('az1-kitchen-a', 'service', 'running'));
  const refused = (change: Partial<RegionStatus>) => untilReady(answering({ ...whole, ...change }), 'az-power-loss', signal).catch((error: unknown) => error);
  expect(await refused({ lever: { blocked: true, reason: 'release at noon', sinceMs: 1 } })).toMatchObject({
    exitCode: 5, message: 'az-power-loss does not start: new faults are blocked ("release at noon").', hint: expect.stringContaining('azimuth unlock"') as string,
  });
  expect(await refused({ journalTrouble: 'ENOSPC' })).toMatchObject({ exitCode: 5, message: expect.stringContaining('ENOSPC') as string });
  expect(await refused({ faults: [{ target: 'az1', verb: 'kill' }] as Fault[] })).toMatchObject({
    exitCode: 5, message: expect.stringContaining('az1 is already under a fault (kill)') as string, hint: expect.stringContaining('azimuth heal"') as string,
  });
  expect(told).toBe('');
});

describe('a region that is busy with starting', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const serving = status(component('az1-kitchen-a', 'service', 'running'));
  const starting = status(component('az1-kitchen-a', 'service', 'starting'));

  test('is waited for, which is told once', async () => {
    const answers = [() => Promise.reject(new Error('It did not answer.')), () => Promise.resolve(starting), () => Promise.resolve(serving)];
    const found = untilReady({ status: () => (answers.shift() as () => Promise<RegionStatus>)() }, 'x', signal);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await found).toBe(serving);
    expect(told).toBe('Waiting up to 20 s for the region. It did not answer.\n');
  });

  test('is given 20 s', async () => {
    const refused = untilReady(answering(starting), 'x', signal).catch(String);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(await Promise.race([refused, 'still waiting'])).toBe('still waiting');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await refused).toMatch(/not running: az1-kitchen-a \(starting\)/);
  });

  test('is asked for its description as patiently as for its status', async () => {
    const region = { region: 'small' } as Region;
    const answers = [() => Promise.reject(new Error('It did not answer.')), () => Promise.resolve(region)];
    const found = readyRegion({ ...answering(serving), region: () => (answers.shift() as () => Promise<Region>)() }, 'x', signal);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await found).toEqual({ status: serving, region });
  });

  test('that turns out to be ready is left alone by somebody who has stopped meanwhile', async () => {
    const stop = new AbortController();
    const found = untilReady({ status: async () => (stop.abort(), serving) }, 'x', stop.signal).catch((error: unknown) => error);
    expect(await found).toMatchObject({ exitCode: EXIT.ABORTED, message: 'It was stopped before it began.' });
  });

  test('is not waited for by somebody who stops', async () => {
    const stop = new AbortController();
    const refused = untilReady(answering(starting), 'x', stop.signal).catch((error: unknown) => error);
    stop.abort();
    expect(await refused).toMatchObject({ exitCode: EXIT.ABORTED, message: expect.stringMatching(/stopped while it waited.*starting/) as string });
  });
});
