/**
 * Faults whose author dies. Whatever was broken when the injector, the engine's user or a link went away, the next start
 * ends in a healthy region, and no fault outlives its lease unseen.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXPERIMENT_LEASE_MS, type Fault, type ResidueAnswer } from '#contracts/faults.ts';
import type { Run } from '#contracts/runs.ts';
import type { Container } from './testing/containers.fixture.ts';
import { compose, container, containersOf, docker, placeOnNetworks } from './testing/containers.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { linksAreAtBase, waysByAz } from './testing/links.fixture.ts';
import { tell } from './testing/place.fixture.ts';
import { api, azimuth, everyAzTakesOrders, heal, regionIsUp, serves, status, thawByHand, traffic, up, REST_RATE } from './testing/region.fixture.ts';
import { waitUntil } from './testing/wait-until.fixture.ts';

/** Of the injector's start to a region that is whole: an AZ of six containers comes up in between. */
const MENDED_MS_MAX = 45_000;
const BASE_LATENCY_MS_MAX = 5000;
const HEAL_MS_MAX = 10_000;

const FROZEN = { said: 'freeze az2', words: ['freeze', 'az2'], is: ({ State }: Container) => State.Paused };
const DEAD = { said: 'kill az2', words: ['kill', 'az2'], is: ({ State }: Container) => !State.Running };
const DEAD_IN_SILENCE = { said: 'kill az2 --silent', words: ['kill', 'az2', '--silent'], is: ({ State }: Container) => !State.Running };

describe('interrupted faults', () => {
  beforeAll(async () => {
    await regionIsUp();
  }, 180_000);
  afterEach(async () => {
    await regionIsUp();
  }, 120_000);
  // Hooks of after a test run last first: before anything is healed.
  printLogsOfFailures();

  it.each([FROZEN, DEAD, DEAD_IN_SILENCE])('the injector dies during "$said": its next start mends the zone', async ({ words, is }) => {
    await broken(words);
    await docker(['kill', (await container('injector')).Id]);
    const after = await containersOf('az2');
    expect([...after].filter(([, one]) => !is(one)).map(([service]) => service)).toEqual([]);
    await mendedByItsStart(words);
  }, 120_000);

  it('the injector dies while a link is detached: its next start puts the link back where it was', async () => {
    const before = placeOnNetworks(await container('az3-link'));
    await broken(['isolate', 'az3', '--silent']);
    await docker(['kill', (await container('injector')).Id]);
    expect(placeOnNetworks(await container('az3-link'))).toEqual({});
    await mendedByItsStart(['isolate', 'az3', '--silent']);
    expect(placeOnNetworks(await container('az3-link'))).toEqual(before);
  }, 120_000);

  it('the injector dies while links carry toxics: its next start leaves base latencies alone', async () => {
    await broken(['slow', 'az1', '--latency', '300']);
    await docker(['kill', (await container('injector')).Id]);
    await docker(['start', (await container('injector')).Id]);
    await linksAreAtBase(20_000);
    expect((await serves()).faults).toEqual([]);
  }, 60_000);

  it('the injector dies while faults are blocked: they stay so, and their numbers go on', async () => {
    const before = await made(['kill', 'az3-kitchen-a']);
    try {
      await done(['lock', 'drill']);
      await docker(['kill', (await container('injector')).Id]);
      await mendedByItsStart(['kill', 'az3-kitchen-a']);
      expect((await status()).lever).toMatchObject({ blocked: true, reason: 'drill' });
      const refused = await azimuth(['kill', 'az1-kitchen-a', '--watch', '0']);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('drill')]);
    } finally {
      await done(['unlock']);
    }
    expect(numberOf(await made(['kill', 'az1-kitchen-a']))).toBe(numberOf(before) + 1);
  }, 120_000);

  it('the controller dies in the middle of a run: what the run broke heals with its lease, its next start ends the run, and the injector never noticed', async () => {
    const { run: id } = JSON.parse(await done(['run', 'replica-loss', '--rate', '30', '--detach', '--json'])) as { run: string };
    await waitUntil('the run has broken something', 120_000, async () => (await status()).faults.length > 0);
    await docker(['kill', (await container('controller')).Id]);
    const killedMs = performance.now();
    await docker(['start', (await container('controller')).Id]);
    await waitUntil('the fault has healed by itself', EXPERIMENT_LEASE_MS + HEAL_MS_MAX, async () => (await status()).faults.length === 0);
    tell(`controller killed in the middle of a run: nothing broken after ${((performance.now() - killedMs) / 1000).toFixed(1)} s`);
    expect((await api<Run>('GET', `/v1/runs/${id}`)).end).toMatchObject({ outcome: 'ERROR', trouble: { message: 'The controller ended while it ran.' } });
    expect((await api<ResidueAnswer>('GET', '/v1/residue')).residue).toEqual([]);
  }, 240_000);

  it('a controller that crashes is started again by the engine', async () => {
    const { Id, State } = await container('controller');
    // Its program is a child of the container's first process, which ends with it, and so does who was sent to do it.
    await docker(['exec', Id, 'node', '-e', 'const fs = require("node:fs"); for (const pid of fs.readdirSync("/proc")) if (/^[0-9]+$/.test(pid) && pid !== "1" && Number(pid) !== process.pid && fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("controller/main.ts")) process.kill(Number(pid), "SIGKILL")']).catch(() => undefined);
    await waitUntil('it runs again', 30_000, async () => {
      const now = (await container('controller')).State;
      return now.Running && now.StartedAt !== State.StartedAt && (await status()).region !== '';
    });
  }, 60_000);

  it('paused containers and no injector to thaw them: unpaused by hand, then up, as the README says', async () => {
    await broken(['freeze', 'az2']);
    await docker(['kill', (await container('injector')).Id]);
    await thawByHand();
    await up();
    await isWhole('unpaused by hand and up');
  }, 120_000);

  it('stopped in the middle of a power loss: "docker compose stop", then up, ends in a healthy region', async () => {
    const before = placeOnNetworks(await container('az1-link'));
    await broken(['kill', 'az1', '--silent']);
    await broken(['freeze', 'az2']);
    await compose(['stop']);
    const { tookMs } = await up();
    tell(`stop and up after kill az1 --silent and freeze az2: ${(tookMs / 1000).toFixed(1)} s`);
    await isWhole('stop and up');
    expect(placeOnNetworks(await container('az1-link'))).toEqual(before);
  }, 180_000);

  it('a link that was restarted by hand has its ways and base latencies back within 5 s', async () => {
    await docker(['restart', '--time', '1', (await container('az1-link')).Id]);
    const tookMs = await linksAreAtBase(BASE_LATENCY_MS_MAX);
    expect((await waysByAz()).get('az1')?.size ?? 0).toBeGreaterThan(8);
    tell(`a restarted link: base latencies after ${Math.round(tookMs)} ms`);
  }, 60_000);

  it('a replica that was restarted by hand is back in rotation by itself', async () => {
    const kitchen = await container('az3-kitchen-a');
    await docker(['kill', kitchen.Id]);
    await docker(['start', kitchen.Id]);
    const { tookMs } = await waitUntil('its balancer takes the kitchen back', 20_000, async () => {
      const balancers = (await status()).balancers.filter(({ az }) => az === 'az3');
      const opinions = balancers.flatMap(({ upstreams }) => upstreams ?? []).flatMap(({ targets }) => targets).filter(({ target }) => target === 'az3-kitchen-a');
      return opinions.length > 0 && opinions.every(({ state }) => state === 'up');
    });
    tell(`a restarted replica: in rotation ${Math.round(tookMs)} ms after "docker start" returned`);
  }, 60_000);
});

async function broken(words: readonly string[]): Promise<void> {
  await made(words);
}

async function made(words: readonly string[]): Promise<Fault> {
  return (JSON.parse(await done([...words, '--watch', '0', '--json'])) as { fault: Fault }).fault;
}

async function done(words: readonly string[]): Promise<string> {
  const outcome = await azimuth(words);
  if (outcome.code !== 0) throw new Error(`./azimuth ${words.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
  return outcome.stdout;
}

/** 17 of `f17`. */
function numberOf({ id }: Fault): number {
  return Number(id.slice(1));
}

async function mendedByItsStart(words: readonly string[]): Promise<void> {
  const startedMs = performance.now();
  await docker(['start', (await container('injector')).Id]);
  await isWhole(`injector killed during "${words.join(' ')}", started again`, startedMs);
}

/** Nobody healed: what is whole was mended by the start alone. */
async function isWhole(what: string, startedMs = performance.now()): Promise<void> {
  await waitUntil('the injector answers', MENDED_MS_MAX, async () => (await status()).region !== '');
  await traffic(REST_RATE);
  const { faults } = await serves(MENDED_MS_MAX);
  expect(faults).toEqual([]);
  await everyAzTakesOrders(15_000);
  await linksAreAtBase(5000);
  tell(`${what}: whole after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  expect((await heal()).healed).toEqual([]);
}
