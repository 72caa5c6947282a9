import { expect, test, vi } from 'vitest';
import type { ComponentStatus, RegionStatus } from '#contracts/faults.ts';
import { experimentNamed, shippedExperiments } from './documents.ts';
import { needsContainers, requireBody, requireReady, untilReady } from './precondition.ts';

const component = (name: string, role: string, state: ComponentStatus['state']): ComponentStatus => ({
  name, role, az: null, dc: null, state, pid: null, memoryBytes: null, memoryLimitBytes: null, cpuShare: null,
});
const status = (...components: ComponentStatus[]): RegionStatus => ({ components, faults: [], customers: {} }) as unknown as RegionStatus;

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

test('a region is ready without those who only watch it, and not without a part of itself', () => {
  const serving = component('az1-kitchen-a', 'service', 'running');
  expect(() => requireReady(status(serving, component('grafana', 'observer', 'dead')), 'x')).not.toThrow();
  expect(() => requireReady(status(serving, component('az1-link', 'link', 'detached')), 'x')).toThrow(/not running: az1-link \(detached\)/);
});

test('a region that is busy with starting is waited for, one under a fault is not', async () => {
  // The pauses between two looks are real: a second each.
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const serving = status(component('az1-kitchen-a', 'service', 'running'));
    const starting = status(component('az1-kitchen-a', 'service', 'starting'));
    const broken = { ...serving, faults: [{ target: 'az1', verb: 'kill' }] } as RegionStatus;
    const signal = new AbortController().signal;
    const answers = [() => Promise.reject(new Error('no answer')), () => Promise.resolve(starting), () => Promise.resolve(serving)];
    const found = untilReady({ status: () => (answers.shift() as () => Promise<RegionStatus>)() }, 'x', signal);
    expect(await found).toBe(serving);
    await expect(untilReady({ status: () => Promise.resolve(broken) }, 'x', signal)).rejects.toThrow(/already under a fault/);
    const refused = untilReady({ status: () => Promise.resolve(starting) }, 'x', signal).catch(String);
    await vi.advanceTimersByTimeAsync(22_000);
    expect(await refused).toMatch(/az1-kitchen-a \(starting\)/);
  } finally {
    vi.useRealTimers();
  }
});
