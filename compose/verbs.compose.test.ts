/** Every verb on containers, from the host and from a container of its own: what it does to the engine and the links, and that heal undoes it. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, HealAnswer } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import { answersOf, type MemberAnswer } from './testing/answers.fixture.ts';
import { containersOf, docker, container } from './testing/containers.fixture.ts';
import { tollSince, tollText } from './testing/customers.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { faultsOnLinks, linksAreAtBase } from './testing/links.fixture.ts';
import { REGION, tell } from './testing/place.fixture.ts';
import { azimuth, chaosContainer, everyAzTakesOrders, heal, regionIsUp, serves, statesOf, status } from './testing/region.fixture.ts';
import { waitUntil } from './testing/wait-until.fixture.ts';

interface BreakAnswer {
  fault: Fault;
  customers: CustomerSummary | null;
}

const BACK_LIMIT_MS = 15_000;
const AZ_MEMBERS = 6;
/** Of a lag of 900 ms: whole milliseconds and timers round, and a healthy answer takes a few. */
const LAG_SEEN_MS = 850;

describe('verbs on containers', () => {
  beforeAll(async () => {
    await regionIsUp();
    await everyAzTakesOrders(BACK_LIMIT_MS);
  }, 180_000);
  afterEach(async () => {
    await heal();
    await serves();
  }, 60_000);
  // Hooks of after a test run last first: before anything is healed.
  printLogsOfFailures();

  it('kill az1 from the host: all of it is dead at once, nobody notices, heal brings it back', async () => {
    const since = Date.now();
    const { fault, customers } = await done<BreakAnswer>(['kill', 'az1', '--watch', '4', '--json']);
    const members = await containersOf('az1');
    expect(members.size).toBe(AZ_MEMBERS);
    expect([...members].filter(([, { State }]) => State.Running).map(([service]) => service)).toEqual([]);
    expect(fault.members.toSorted()).toEqual([...members.keys()].toSorted());
    expect(Object.values(await statesOf('az1'))).toEqual(Array.from({ length: AZ_MEMBERS }, () => 'dead'));
    expect([customers?.orders.failed, Object.keys(customers?.shareByAz ?? {}).toSorted()]).toEqual([0, expect.arrayContaining(['az2', 'az3'])]);
    const healed = await done<{ heal: HealAnswer }>(['heal', 'az1', '--watch', '0', '--json']);
    expect(healed.heal.remains).toEqual([]);
    const backMs = await everyAzTakesOrders(BACK_LIMIT_MS);
    await linksAreAtBase(5000);
    const toll = await tollSince(since);
    tell(`kill az1: skew ${fault.skewMs} ms, back in rotation ${Math.round(backMs)} ms after heal; ${tollText(toll)}`);
    expect([toll.ordersFailed, toll.menusFailed]).toEqual([0, 0]);
  }, 90_000);

  it('kill az1 from a container does the same, and its hints are what its reader can type', async () => {
    const killed = await chaosContainer(['kill', 'az1', '--watch', '2']);
    expect({ code: killed.code, stderr: killed.code === 0 ? '' : killed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(killed.stdout).toContain('docker compose run --rm chaos heal az1');
    expect(killed.stdout).not.toContain('./azimuth');
    expect(Object.values(await statesOf('az1')).filter((state) => state !== 'dead')).toEqual([]);
    const shown = await chaosContainer(['status']);
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/kill\s+az1/)]);
    const healed = await chaosContainer(['heal', '--watch', '0']);
    expect(healed.code).toBe(0);
    await serves();
  }, 90_000);

  it('freeze az2: paused, not stopped, and thawed by heal', async () => {
    const since = Date.now();
    await done<BreakAnswer>(['freeze', 'az2', '--watch', '3', '--json']);
    expect([...(await containersOf('az2')).values()].map(({ State }) => State.Status)).toEqual(Array.from({ length: AZ_MEMBERS }, () => 'paused'));
    await done(['heal', 'az2', '--watch', '0', '--json']);
    expect([...(await containersOf('az2')).values()].filter(({ State }) => State.Status !== 'running')).toEqual([]);
    await everyAzTakesOrders(BACK_LIMIT_MS);
    const toll = await tollSince(since);
    tell(`freeze az2: ${tollText(toll)}`);
    expect(toll.ordersFailed).toBe(0);
  }, 60_000);

  it('kill of a data centre and of a replica leaves the rest of the zone alone', async () => {
    await done(['kill', 'az3-dc2', '--watch', '0', '--json']);
    await done(['kill', 'az1-kitchen-a', '--watch', '0', '--json']);
    expect(await statesOf('az3')).toEqual({
      'az3-link': 'running', 'az3-load-balancer': 'running', 'az3-storefront-a': 'running', 'az3-storefront-b': 'dead', 'az3-kitchen-a': 'running', 'az3-kitchen-b': 'dead',
    });
    expect(Object.entries(await statesOf('az1')).filter(([, state]) => state === 'dead')).toEqual([['az1-kitchen-a', 'dead']]);
  }, 60_000);

  it.each([
    { said: 'slow az1 --latency 400', words: ['slow', 'az1', '--latency', '400'], shows: /^az1-link\/az2-kitchen-a latency upstream 400$/, ways: 'into and out of az1' },
    { said: 'isolate az2', words: ['isolate', 'az2'], shows: /^az2-link\/az2-load-balancer timeout downstream 0$/, ways: 'into and out of az2' },
    { said: 'cut az1 az2', words: ['cut', 'az1', 'az2'], shows: /^az2-link\/az1-kitchen-b timeout upstream 0$/, ways: 'between az1 and az2' },
    { said: 'cut az1 az3 --refuse --one-way', words: ['cut', 'az1', 'az3', '--refuse', '--one-way'], shows: /^az1-link\/az3-kitchen-a disabled$/, ways: 'from az1 to az3' },
    { said: 'flaky az3 --share 0.2', words: ['flaky', 'az3', '--share', '0.2'], shows: /^az1-link\/az3-kitchen-a reset_peer upstream 0$/, ways: 'into and out of az3' },
  ])('$said: on the real links, $ways, and gone after heal', async ({ words, shows }) => {
    await done([...words, '--watch', '0', '--json']);
    const during = await faultsOnLinks();
    expect(during.some((line) => shows.test(line)), during.join('\n')).toBe(true);
    if (words.includes('--one-way')) expect(during.filter((line) => !line.startsWith('az1-link/az3-'))).toEqual([]);
    await done(['heal', '--watch', '0', '--json']);
    await linksAreAtBase(5000);
  }, 60_000);

  it.each<{ said: string; words: string[]; az: string; struck: RegExp; shows: (health: MemberAnswer) => boolean }>([
    { said: 'fail az1 --rate 1 --status 500', words: ['fail', 'az1', '--rate', '1', '--status', '500'], az: 'az1', struck: /storefront/, shows: ({ said }) => said === '500 AZ_INJECTED_500' },
    { said: 'lag az2 --latency 900 --service kitchen', words: ['lag', 'az2', '--latency', '900', '--service', 'kitchen'], az: 'az2', struck: /kitchen/, shows: ({ said, tookMs }) => said === '200' && tookMs >= LAG_SEEN_MS },
    { said: 'lie az3 --health ill', words: ['lie', 'az3', '--health', 'ill'], az: 'az3', struck: /storefront|kitchen|load-balancer/, shows: ({ said }) => said === '503' },
  ])('$said: health of its members says so, that of others does not, and after heal nobody does', async ({ words, az, struck, shows }) => {
    const { fault } = await done<BreakAnswer>([...words, '--watch', '0', '--json']);
    const during = await answersOf(az, '/healthz');
    const members = [...during.keys()].filter((name) => struck.test(name)).toSorted();
    expect(members.length).toBeGreaterThan(1);
    expect([fault.pending ?? [], fault.members.toSorted()]).toEqual([[], members]);
    expect([...during].filter(([, health]) => shows(health)).map(([name]) => name).toSorted()).toEqual(members);
    if (words.includes('ill')) {
      // What it is asked beside its health it does as ever.
      const storefronts = [...(await answersOf(az, '/menu'))].filter(([name]) => name.includes('storefront'));
      expect(storefronts.map(([, { said }]) => said)).toEqual(['200', '200']);
    }
    await done(['heal', '--watch', '0', '--json']);
    const after = await answersOf(az, '/healthz');
    expect([...after].filter(([, health]) => health.said !== '200' || shows(health))).toEqual([]);
  }, 60_000);

  it('shift az2: out of rotation without a container being touched, and back', async () => {
    const before = await startedAt('az2');
    await done(['shift', 'az2', '--watch', '0', '--json']);
    await waitUntil('az2 takes no orders', 15_000, async () => ((await status()).customers?.shareByAz['az2'] ?? 0) === 0);
    await done(['heal', 'az2', '--watch', '0', '--json']);
    await everyAzTakesOrders(BACK_LIMIT_MS);
    expect(await startedAt('az2')).toEqual(before);
  }, 60_000);

  it('a lease that nobody renews ends by itself', async () => {
    await done(['kill', 'az1-kitchen-a', '--for', '3s', '--watch', '0', '--json']);
    expect((await container('az1-kitchen-a')).State.Running).toBe(false);
    await serves(25_000);
    expect((await container('az1-kitchen-a')).State.Running).toBe(true);
  }, 60_000);

  it('what was killed by hand, past the injector, is mended by heal too', async () => {
    await docker(['kill', (await container('az2-storefront-b')).Id]);
    const { heal: answer } = await done<{ heal: HealAnswer }>(['heal', 'az2', '--watch', '0', '--json']);
    expect(answer.healed).toContain('az2-storefront-b');
    await serves();
  }, 60_000);

  it.each([
    ['a zone that is not there', ['kill', 'az9'], /There is no az9: the AZs are az1, az2, az3/],
    ['a name that is nobody\'s', ['kill', 'kitchen-a'], /Nothing in this region has that name/],
    ['what is not ours in a real region', ['kill', 'front-door'], /cannot be broken/],
    ['a silent death of one replica', ['kill', 'az1-kitchen-a', '--silent'], /whole AZ|az1/],
  ])('%s is one clear error and exit code 2, on the host and in a container', async (_title, words, message) => {
    for (const outcome of [await azimuth(words), await chaosContainer(words)]) {
      expect([outcome.code, outcome.stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(outcome.stderr).not.toMatch(/^\s+at /m);
      expect(outcome.stdout).toBe('');
    }
    expect((await status()).faults).toEqual([]);
  }, 60_000);

  it('status tells the same on the host and in a container', async () => {
    const [host, inside] = [await azimuth(['status', '--json']), await chaosContainer(['status', '--json'])];
    expect([host, inside].map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '']);
    const told = [host, inside].map(({ stdout }) => JSON.parse(stdout) as RegionStatus);
    expect(told.map(({ region, body, components }) => [region, body, components.length])).toEqual([told[0], told[0]].map((one) => [REGION, 'compose', one?.components.length]));
    // Without the base latency it would be some tenths for good; a busy machine makes it so for a moment.
    const { answer: trips } = await waitUntil('a round trip of a millisecond between each two zones', 40_000, async () => {
      const medians = (await status()).roundTrips.map(({ medianMs }) => medianMs);
      if (medians.length !== 6 || medians.some((ms) => ms === null || ms < 0.6)) throw new Error(medians.join(', '));
      return medians as number[];
    });
    tell(`round trips between zones: ${trips.map((ms) => ms.toFixed(1)).join(', ')} ms`);
  }, 90_000);
});

/** A verb of the host that must work; its JSON. */
async function done<T>(words: readonly string[]): Promise<T> {
  const outcome = await azimuth(words);
  if (outcome.code !== 0) throw new Error(`./azimuth ${words.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as T;
}

async function startedAt(az: string): Promise<string[]> {
  return [...(await containersOf(az)).values()].map(({ State }) => State.StartedAt).toSorted();
}
