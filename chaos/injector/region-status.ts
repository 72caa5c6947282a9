/** What `GET /v1/status` says of the region, gathered from the driver, the instances and Prometheus at once: who says nothing never holds up the rest. */
import type { RegionStatus } from '#contracts/region-status.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { Driver } from './driver.ts';
import { askBalancers, askCustomers } from './observations.ts';
import { scrapeCpuShare } from './scrape-cost.ts';

const SUMMARY_WINDOW_MS = 10_000;

/** What only the injector knows. */
type Known = Pick<RegionStatus, 'urls' | 'faults' | 'settings' | 'roundTrips' | 'lever' | 'journalTrouble'>;

/** @param endpoints those that this body runs */
export async function gatherStatus({ region }: Region, driver: Driver, endpoints: readonly Endpoint[], known: Known): Promise<RegionStatus> {
  const components = driver.components();
  const up = new Set(components.filter(({ state }) => state === 'running').map(({ name }) => name));
  const [usage, customers, balancers, scrape] = await Promise.all([
    driver.usage(),
    askCustomers(endpoints, SUMMARY_WINDOW_MS),
    askBalancers(endpoints, (name) => up.has(name)),
    scrapeCpuShare(endpoints),
  ]);
  return {
    region,
    body: driver.body,
    atMs: Date.now(),
    ...known,
    components: components.flatMap(({ name, state, pid }) => {
      const endpoint = endpoints.find((one) => one.name === name);
      if (endpoint === undefined) return [];
      const { role, az, dc } = endpoint;
      const { memoryBytes, memoryLimitBytes, cpuShare } = usage.get(name) ?? { memoryBytes: null, memoryLimitBytes: null, cpuShare: null };
      return [{ name, role, az, dc, state, pid, memoryBytes, memoryLimitBytes, cpuShare }];
    }),
    customers,
    balancers,
    differences: driver.differences(),
    scrapeCpuShare: scrape,
  };
}
