import { expect, test } from 'vitest';
import type { ComponentStatus, RegionStatus } from '#contracts/faults.ts';
import { EXPERIMENTS, findExperiment } from './documents.ts';
import { needsContainers, requireBody, requireReady } from './precondition.ts';

const component = (name: string, role: string, state: ComponentStatus['state']): ComponentStatus => ({
  name, role, az: null, dc: null, state, pid: null, memoryBytes: null, memoryLimitBytes: null, cpuShare: null,
});
const status = (...components: ComponentStatus[]): RegionStatus => ({ components, faults: [], customers: {} }) as unknown as RegionStatus;

test('what is silent needs containers, and nothing else does', () => {
  expect(EXPERIMENTS.filter(needsContainers).map(({ id }) => id)).toEqual(['az-power-loss-silent', 'az-blackhole']);
});

test('on processes it is refused with the reason and what to type, on containers it is not', () => {
  const blackhole = findExperiment('az-blackhole');
  if (blackhole === undefined) throw new Error('no az-blackhole');
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
