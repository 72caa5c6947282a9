import { expect, test } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { failed } from './figures.ts';
import { Faults } from './faults.ts';
import { createFleet } from './fleet.ts';
import { VirtualTime } from './virtual-time.ts';

test('3,000 replicas in 120 AZs of 38 regions: one AZ of every region freezes at once, and nobody notices', { timeout: 120_000 }, () => {
  const time = new VirtualTime();
  const regions = createFleet(time, 1, 25);
  const replicas = regions.flatMap(({ nodes }) => [...nodes.values()].filter((node) => !node.name.endsWith('load-balancer')));
  expect(replicas).toHaveLength(3000);
  expect(new Set(replicas.map((node) => node.az)).size).toBe(120);
  time.runUntil(1500);
  for (const { customers } of regions) customers.traffic(50);
  time.runUntil(4000);
  for (const [index, region] of regions.entries()) new Faults(region, createRandom(index)).freeze(`r${index + 1}-az2`);
  time.runUntil(7000);
  for (const { customers } of regions) customers.traffic(0);
  time.runUntil(9000);
  for (const { customers, trace, resent } of regions.map((region) => ({ ...region, resent: region.trace.resends.length }))) {
    expect(trace.violations).toEqual([]);
    expect(customers.records.length).toBeGreaterThan(400);
    expect(failed(customers, 'order') + failed(customers, 'menu')).toBe(0);
    expect(resent, 'requests that the freeze caught').toBeGreaterThan(0);
  }
});
