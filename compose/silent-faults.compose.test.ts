/**
 * Faults without a FIN or a RST: the link leaves its networks before anything dies (power loss), or while all lives on
 * (black hole). They pass for nothing if a heal gives back other addresses than the region was built with.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '#contracts/faults.ts';
import { container, containersOf, engineEventsSince, placeOnNetworks } from './testing/containers.fixture.ts';
import { tollSince, tollText } from './testing/customers.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { linksAreAtBase } from './testing/links.fixture.ts';
import { tell } from './testing/place.fixture.ts';
import { azimuth, everyAzTakesOrders, heal, regionIsUp, serves, statesOf } from './testing/region.fixture.ts';

/** After `isolate --silent`, from the moment at which heal is sent. */
const SERVES_AGAIN_MS_MAX = 10_000;

describe('silent faults', () => {
  beforeAll(async () => {
    await regionIsUp();
    await everyAzTakesOrders(15_000);
  }, 180_000);
  afterEach(async () => {
    await heal();
    await serves();
  }, 60_000);
  // Hooks of after a test run last first: before anything is healed.
  printLogsOfFailures();

  it('kill az1 --silent: everything is off its networks before it is dead, and comes back under the same addresses and aliases', async () => {
    const before = await places('az1');
    const since = Date.now();
    const fault = await broken(['kill', 'az1', '--silent']);
    expect(Object.values(await statesOf('az1')).filter((state) => state !== 'dead')).toEqual([]);
    for (const service of (await containersOf('az1')).keys()) {
      const events = (await engineEventsSince(since)).filter((event) => event.endsWith(` ${service}`));
      const left = Object.keys(before[service] ?? {}).map((network) => `disconnect ${network} ${service}`);
      expect([events.slice(0, -1).toSorted(), events.at(-1)]).toEqual([left, `die ${service}`]);
    }
    // Already while it is dead, for whoever starts it next.
    expect(await places('az1')).toEqual(before);
    await heal('az1');
    const backMs = await everyAzTakesOrders(SERVES_AGAIN_MS_MAX);
    expect(await places('az1')).toEqual(before);
    await linksAreAtBase(5000);
    const toll = await tollSince(since);
    tell(`kill az1 --silent: skew ${fault.skewMs} ms, back in rotation ${Math.round(backMs)} ms after heal; ${tollText(toll)}`);
    expect([toll.ordersFailed, toll.menusFailed]).toEqual([0, 0]);
  }, 90_000);

  it.each(['az2', 'az3'])('isolate %s --silent: the link is detached and runs; after heal the zone takes orders again within 10 s', async (az) => {
    const before = await places(az);
    const since = Date.now();
    const fault = await broken(['isolate', az, '--silent']);
    const link = await container(`${az}-link`);
    expect([link.State.Running, placeOnNetworks(link)]).toEqual([true, {}]);
    expect(await statesOf(az)).toMatchObject({ [`${az}-link`]: 'detached', [`${az}-kitchen-a`]: 'running', [`${az}-load-balancer`]: 'running' });
    const sentMs = performance.now();
    const healed = await heal(az);
    await everyAzTakesOrders(SERVES_AGAIN_MS_MAX);
    const backMs = performance.now() - sentMs;
    expect(await places(az)).toEqual(before);
    await linksAreAtBase(5000);
    const toll = await tollSince(since);
    tell(`isolate ${az} --silent: skew ${fault.skewMs} ms, healed ${healed.healed.join(', ')}, serves again ${Math.round(backMs)} ms after heal was sent; ${tollText(toll)}`);
    expect(backMs).toBeLessThan(SERVES_AGAIN_MS_MAX);
    expect([toll.ordersFailed, toll.menusFailed]).toEqual([0, 0]);
  }, 90_000);
});

async function broken(words: readonly string[]): Promise<Fault> {
  const outcome = await azimuth([...words, '--watch', '4', '--json']);
  if (outcome.code !== 0) throw new Error(`./azimuth ${words.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
  return (JSON.parse(outcome.stdout) as { fault: Fault }).fault;
}

/** Addresses and aliases of each of the zone's containers. */
async function places(az: string): Promise<Record<string, ReturnType<typeof placeOnNetworks>>> {
  return Object.fromEntries([...(await containersOf(az))].sort(([one], [other]) => one.localeCompare(other)).map(([service, found]) => [service, placeOnNetworks(found)]));
}
