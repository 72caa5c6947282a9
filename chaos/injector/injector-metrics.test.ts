import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import type { Fault } from '#contracts/faults.ts';
import { METRIC } from '#contracts/metrics.ts';
import { InjectorMetrics } from './injector-metrics.ts';

type Held = Pick<Fault, 'verb' | 'target'>;

let registry: Registry;
let held: Held[];
let metrics: InjectorMetrics;
beforeEach(() => {
  registry = new Registry();
  held = [];
  metrics = new InjectorMetrics(registry, () => held);
});

async function lines(name: string): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
}

test('every verb on every AZ is there before anything is broken, at 0', async () => {
  const active = await lines(METRIC.faultActive);
  expect(active).toHaveLength(30);
  expect(active.every((line) => line.endsWith(' 0'))).toBe(true);
  expect(await lines(METRIC.faults)).toContain('azimuth_faults_total{verb="kill"} 0');
});

test('a fault is 1 while it is held and 0 afterwards, also one on a replica', async () => {
  held = [{ verb: 'kill', target: 'az1' }, { verb: 'freeze', target: 'az2-kitchen-a' }];
  expect((await lines(METRIC.faultActive)).filter((line) => line.endsWith(' 1'))).toEqual([
    'azimuth_fault_active{verb="kill",target="az1"} 1',
    'azimuth_fault_active{verb="freeze",target="az2-kitchen-a"} 1',
  ]);
  held = [];
  expect(await lines(METRIC.faultActive)).toContain('azimuth_fault_active{verb="freeze",target="az2-kitchen-a"} 0');
});

test('what was made up by the hundred is not all kept', async () => {
  held = Array.from({ length: 500 }, (_, at): Held => ({ verb: 'kill', target: `az1-x${at}` }));
  expect(await lines(METRIC.faultActive)).toHaveLength(100);
  const taken = Array.from({ length: 120 }, (_, at) => metrics.verdictFound({ experiment: `e${at}`, az: 'az1', verdict: 'PASS', atMs: 1 }));
  expect(taken.filter((one) => one)).toHaveLength(100);
  expect(metrics.verdictFound({ experiment: 'e1', az: 'az1', verdict: 'FAIL', atMs: 1 })).toBe(true);
});

test('faults are counted by verb; the last verdict of an AZ replaces the one before', async () => {
  metrics.faultMade('slow');
  metrics.verdictFound({ experiment: 'az-power-loss', az: 'az1', verdict: 'FAIL', atMs: 5000 });
  metrics.verdictFound({ experiment: 'az-power-loss', az: 'az1', verdict: 'PASS', atMs: 9000 });
  expect(await lines(METRIC.faults)).toContain('azimuth_faults_total{verb="slow"} 1');
  expect(await lines(METRIC.verdictLast)).toEqual(['azimuth_verdict_last_timestamp_seconds{experiment="az-power-loss",zone="az1",verdict="PASS"} 9']);
});
