import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Endpoint, Region } from '#contracts/region.ts';
import { StartFailure } from '../../driver.ts';
import { DockerDriver } from './driver.ts';
import { Engine } from './engine.ts';
import { FakeEngine } from './fake-engine.fixture.ts';

let health: Server;
let engine: FakeEngine;
let region: Region;
let driver: DockerDriver;

/** A link on two networks, a kitchen that answers at the health server, and one who watches. */
function smallRegion(admin: { host: string; port: number }): Region {
  const endpoint = (name: string, role: Endpoint['role'], az: Endpoint['az'], networks: Endpoint['networks'], more: Partial<Endpoint> = {}): Endpoint => ({
    name, role, az, dc: null, service: null, scope: az === null ? 'regional' : 'zonal', address: null, admin: null, program: null, networks, environment: {}, ...more,
  });
  return {
    schema: 'azimuth.region/1', region: 'small', body: 'compose',
    endpoints: [
      endpoint('az1-link', 'link', 'az1', [
        { name: 'az2', address: '10.1.2.101', aliases: [] }, { name: 'front', address: '10.1.0.101', aliases: [] }, { name: 'az1', address: '10.1.1.101', aliases: [] },
      ]),
      endpoint('az1-kitchen-a', 'service', 'az1', [{ name: 'az1', address: '10.1.1.31', aliases: ['kitchen'] }], { service: 'kitchen', admin, program: 'a.ts' }),
      endpoint('injector', 'injector', null, [], { admin, program: 'a.ts' }),
      endpoint('grafana', 'observer', null, []),
    ],
    links: [{
      name: 'az1-link', az: 'az1', api: admin,
      proxies: [
        { name: 'az1-load-balancer', from: null, to: 'az1', listen: { host: '10.1.0.101', port: 1 }, upstream: { host: '10.1.1.10', port: 80 }, baseLatencyMs: 0 },
        { name: 'az2-kitchen-a', from: 'az1', to: 'az2', listen: { host: '10.1.1.101', port: 2 }, upstream: { host: '10.1.2.31', port: 80 }, baseLatencyMs: 1 },
      ],
    }],
  };
}

beforeEach(async () => {
  health = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  region = smallRegion({ host: '127.0.0.1', port: (health.address() as AddressInfo).port });
  engine = await FakeEngine.open(region);
  driver = new DockerDriver(region, new Engine({ socketPath: engine.socketPath }));
});

afterEach(async () => {
  await driver.close();
  await engine.close();
  health.closeAllConnections();
  health.close();
});

const states = (): Record<string, string> => Object.fromEntries(driver.components().map(({ name, state }) => [name, state]));
const seen = (name: string): { state: string; pid: number | null; death: string | null } | undefined => driver.components().find((one) => one.name === name);
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8000, interval: 10 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('what runs', () => {
  it('is known by labels, with states and processes', async () => {
    await driver.open();
    expect(driver.components()).toMatchObject([
      { name: 'az1-link', state: 'running', pid: 1000, death: null }, { name: 'az1-kitchen-a', state: 'running' }, { name: 'injector' }, { name: 'grafana' },
    ]);
    expect(driver.differences()).toEqual([]);
    expect(driver.publishedPort('az1-link', 8080)).toBe(18080);
    expect(driver.publishedPort('az1-link', 9000)).toBeNull();
  });

  it('is told what others do to it, as soon as the engine says so', async () => {
    await driver.open();
    await until(() => expect(engine.listeners).toBe(1));
    await engine.happen('die', 'az1-kitchen-a', { state: 'exited', exitCode: 3 });
    await until(() => expect(seen('az1-kitchen-a')).toMatchObject({ state: 'dead', pid: null, death: 'ended with exit code 3' }));
    await engine.happen('start', 'az1-kitchen-a', { state: 'running', pid: 77 });
    await until(() => expect(seen('az1-kitchen-a')).toMatchObject({ state: 'running', pid: 77, death: null }));
    await engine.happen('pause', 'az1-kitchen-a', { state: 'paused' });
    await until(() => expect(states()['az1-kitchen-a']).toBe('frozen'));
  });

  it('is followed again after the stream of events broke off', async () => {
    await driver.open();
    await until(() => expect(engine.listeners).toBe(1));
    engine.hangUp();
    await until(() => expect(engine.listeners).toBe(1));
    await engine.happen('pause', 'az1-link', { state: 'paused' });
    await until(() => expect(states()['az1-link']).toBe('frozen'));
  });

  it('is detached when one network is missing, or has it under another address', async () => {
    engine.container('az1-link').networks.delete('small_az1');
    await driver.open();
    expect(states()['az1-link']).toBe('detached');
    const at = engine.container('az1-kitchen-a').networks.get('small_az1');
    if (at !== undefined) at.address = '10.1.1.99';
    await driver.look();
    expect(states()['az1-kitchen-a']).toBe('detached');
    expect(driver.differences()).toEqual(['az1-kitchen-a has the address 10.1.1.99 on az1, and the description says 10.1.1.31; "heal" gives it back.']);
  });

  it('says why a container ended for want of memory, and what was never started', async () => {
    Object.assign(engine.container('az1-link'), { state: 'exited', oomKilled: true, exitCode: 137 });
    engine.container('az1-kitchen-a').state = 'created';
    await driver.open();
    expect(seen('az1-link')?.death).toMatch(/more memory than it may have/);
    expect(seen('az1-kitchen-a')).toMatchObject({ state: 'dead', death: 'was never started' });
    expect(driver.awaitsCompose('az1-kitchen-a')).toBe(true);
    expect(driver.awaitsCompose('az1-link')).toBe(false);
  });

  it('differs where a label does, a container is missing, or one is not described; a watcher may be missing', async () => {
    engine.container('az1-link').labels['azimuth.az'] = 'az2';
    engine.containers.delete('az1-kitchen-a');
    engine.containers.delete('grafana');
    engine.add({ ...(region.endpoints[1] as Endpoint), name: 'az1-kitchen-z' });
    engine.add({ ...(region.endpoints[1] as Endpoint), name: 'chaos' }, { 'com.docker.compose.oneoff': 'True' });
    await driver.open();
    expect(driver.differences()).toEqual([
      'az1-link has the label azimuth.az=az2, and the description says az1; "docker compose up -d" makes it anew.',
      'az1-kitchen-a has no container; "docker compose up -d" makes one.',
      'az1-kitchen-z is a container of this region, but not in its description.',
    ]);
    expect(states()).toEqual({ 'az1-link': 'running', 'az1-kitchen-a': 'dead', injector: 'running' });
  });

  it('that is created later is found', async () => {
    engine.containers.delete('az1-kitchen-a');
    await driver.open();
    engine.add(region.endpoints[1] as Endpoint);
    await engine.happen('start', 'az1-kitchen-a', {});
    await until(() => expect(states()['az1-kitchen-a']).toBe('running'));
  });
});

describe('kill', () => {
  it('says when the process was gone, not when the engine had tidied up', async () => {
    await driver.open();
    engine.slow.set('kill', 300);
    const sentMs = Date.now();
    const { atMs } = await driver.kill('az1-kitchen-a');
    expect(Date.now() - sentMs).toBeGreaterThanOrEqual(290);
    expect(atMs - sentMs).toBeLessThan(150);
    expect(seen('az1-kitchen-a')).toMatchObject({ state: 'dead', pid: null, death: null });
  });

  it('does not take a clock for true that is far from ours', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    await driver.start('az1-kitchen-a');
    const killed = driver.kill('az1-kitchen-a');
    await until(() => expect(engine.container('az1-kitchen-a').state).toBe('exited'));
    engine.container('az1-kitchen-a').finishedAt = '2001-01-01T00:00:00Z';
    expect(Math.abs((await killed).atMs - Date.now())).toBeLessThan(1000);
  });

  it('of one that is dead is harmless, and of one that is paused works', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    await driver.kill('az1-kitchen-a');
    await driver.freeze('az1-link');
    await driver.kill('az1-link');
    expect(states()).toMatchObject({ 'az1-link': 'dead', 'az1-kitchen-a': 'dead' });
  });

  it('of one that had left its networks gives them back, so that whoever starts it need not know', async () => {
    await driver.open();
    await driver.detach('az1-kitchen-a');
    await driver.kill('az1-kitchen-a');
    expect(engine.acts()).toEqual(['POST disconnect az1-kitchen-a small_az1', 'POST kill az1-kitchen-a', 'POST connect az1-kitchen-a small_az1']);
    engine.refused.set('connect az1-link small_front', 'out of memory');
    await driver.detach('az1-link');
    await driver.kill('az1-link');
    expect(states()['az1-link']).toBe('dead');
  });

  it('is not disturbed by questions, and followed by one look', async () => {
    await driver.open();
    const looks = (): number => engine.calls.filter((call) => call === 'GET list').length;
    // The look that follows the opening of the stream.
    await until(() => expect(looks()).toBe(2));
    const { promise: tidied, resolve: tidyUp } = Promise.withResolvers<void>();
    engine.held.set('kill', tidied);
    const killing = Promise.all([driver.kill('az1-kitchen-a'), driver.kill('az1-link')]);
    await until(() => expect(engine.acts()).toHaveLength(2));
    await driver.look();
    await pause(200);
    expect(looks()).toBe(2);
    tidyUp();
    await killing;
    await until(() => expect(looks()).toBe(3));
    await pause(200);
    expect(looks()).toBe(3);
    expect(states()).toMatchObject({ 'az1-link': 'dead', 'az1-kitchen-a': 'dead' });
  });

  it('is not undone by a look from before it', async () => {
    await driver.open();
    engine.slow.set('list', 200);
    const looking = driver.look();
    await driver.kill('az1-kitchen-a');
    engine.slow.clear();
    await looking;
    expect(states()['az1-kitchen-a']).toBe('dead');
  });
});

describe('freeze and thaw', () => {
  it('pause and go on, twice without harm', async () => {
    await driver.open();
    await driver.freeze('az1-kitchen-a');
    await driver.freeze('az1-kitchen-a');
    expect(states()['az1-kitchen-a']).toBe('frozen');
    await driver.thaw('az1-kitchen-a');
    await driver.thaw('az1-kitchen-a');
    expect(states()['az1-kitchen-a']).toBe('running');
    expect(engine.acts().filter((call) => call.startsWith('POST unpause'))).toEqual(['POST unpause az1-kitchen-a']);
  });
});

describe('detach', () => {
  it('leaves every network, those where it is called first, and thaw gives back addresses and names', async () => {
    await driver.open();
    await driver.detach('az1-link');
    expect(engine.acts()).toEqual([
      'POST disconnect az1-link small_front', 'POST disconnect az1-link small_az1', 'POST disconnect az1-link small_az2',
    ]);
    expect(engine.container('az1-link').networks.size).toBe(0);
    expect(states()['az1-link']).toBe('detached');
    await driver.detach('az1-kitchen-a');
    await driver.thaw('az1-link');
    await driver.thaw('az1-kitchen-a');
    expect(engine.container('az1-kitchen-a').networks).toEqual(new Map([['small_az1', { address: '10.1.1.31', aliases: ['az1-kitchen-a-1', 'az1-kitchen-a', 'kitchen'], live: true }]]));
    expect([...engine.container('az1-link').networks.values()].map(({ address }) => address).sort()).toEqual(['10.1.0.101', '10.1.1.101', '10.1.2.101']);
    expect(states()).toMatchObject({ 'az1-link': 'running', 'az1-kitchen-a': 'running' });
  });

  it('is healed by one who knows nothing of it: also paused, also under a wrong address', async () => {
    await driver.open();
    await driver.detach('az1-kitchen-a');
    await engine.happen('pause', 'az1-kitchen-a', { state: 'paused' });
    engine.container('az1-link').networks.set('small_front', { address: '10.1.0.7', aliases: [], live: true });
    const other = new DockerDriver(region, new Engine({ socketPath: engine.socketPath }));
    await other.open();
    await other.thaw('az1-kitchen-a');
    await other.thaw('az1-link');
    await other.close();
    expect(engine.container('az1-kitchen-a')).toMatchObject({ state: 'running' });
    expect(engine.container('az1-kitchen-a').networks.get('small_az1')?.address).toBe('10.1.1.31');
    expect(engine.container('az1-link').networks.get('small_front')?.address).toBe('10.1.0.101');
  });

  it('of a link that began without an address, and listens nowhere, is ended by a new start', async () => {
    await driver.open();
    engine.container('az1-link').networks.clear();
    await driver.look();
    const address = health.address() as AddressInfo;
    health.close();
    // Its API is there once the engine was asked to start it.
    void vi.waitFor(() => {
      if (!engine.acts().includes('POST start az1-link')) throw new Error('not yet');
      health.listen(address.port, '127.0.0.1');
    }, { timeout: 10_000, interval: 10 });
    await driver.thaw('az1-link');
    expect(engine.acts().filter((call) => !call.startsWith('POST connect'))).toEqual(['POST kill az1-link', 'POST start az1-link']);
    expect(engine.container('az1-link').networks.size).toBe(3);
    expect(states()['az1-link']).toBe('running');
  }, 20_000);

  it('by hand in the meantime is no failure', async () => {
    await driver.open();
    engine.container('az1-link').networks.delete('small_front');
    await driver.detach('az1-link');
    expect(engine.container('az1-link').networks.size).toBe(0);
  });
});

describe('start', () => {
  it('gives back the networks before it starts, and waits until it is ready', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    engine.container('az1-kitchen-a').networks.clear();
    await driver.look();
    engine.calls.length = 0;
    await driver.start('az1-kitchen-a');
    expect(engine.acts()).toEqual(['POST connect az1-kitchen-a small_az1', 'POST start az1-kitchen-a']);
    expect(states()['az1-kitchen-a']).toBe('running');
  });

  it('keeps the networks of one that only died', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    engine.calls.length = 0;
    await driver.start('az1-kitchen-a');
    expect(engine.acts()).toEqual(['POST start az1-kitchen-a']);
  });

  it('that the engine refuses says so', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    engine.refused.set('start az1-kitchen-a', 'Address already in use');
    await expect(driver.start('az1-kitchen-a')).rejects.toThrow('az1-kitchen-a could not be started: Docker refuses to start: Address already in use');
    expect(states()['az1-kitchen-a']).toBe('dead');
  });

  it('of one that dies at once ends soon, with the end of its log', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    await new Promise((resolve) => {
      health.close(resolve);
      health.closeAllConnections();
    });
    const starting = driver.start('az1-kitchen-a');
    expect(states()['az1-kitchen-a']).toBe('starting');
    await until(() => expect(engine.container('az1-kitchen-a').state).toBe('running'));
    await engine.happen('die', 'az1-kitchen-a', { state: 'exited', exitCode: 2 });
    const failure = await starting.then(() => null, (error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    expect(failure).toMatchObject({ message: 'az1-kitchen-a ended with exit code 2', log: ['the oven is cold'] });
  });

  it('is not given up for what a look from before it saw', async () => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    const [inspected, started] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    engine.held.set('inspect', inspected.promise);
    engine.held.set('start', started.promise);
    engine.calls.length = 0;
    const looking = driver.look();
    await until(() => expect(engine.calls).toContain('GET inspect az1-kitchen-a'));
    let isReady = false;
    health.prependListener('request', (_request, response: ServerResponse) => void (response.statusCode = isReady ? 200 : 503));
    const starting = driver.start('az1-kitchen-a');
    inspected.resolve();
    await looking;
    started.resolve();
    await pause(100);
    isReady = true;
    await starting;
    expect(states()['az1-kitchen-a']).toBe('running');
  });

  it('of what has no container says what makes one', async () => {
    engine.containers.delete('az1-kitchen-a');
    await driver.open();
    await expect(driver.start('az1-kitchen-a')).rejects.toThrow('has no container; "docker compose up -d" makes one');
    await expect(driver.kill('az1-kitchen-a')).rejects.toThrow('has no container');
  });
});

describe('an engine', () => {
  it('that does not answer is given up, by name', async () => {
    engine.silent.add('kill');
    const impatient = new DockerDriver(region, new Engine({ socketPath: engine.socketPath, callLimitMs: 1500 }));
    await impatient.open();
    await expect(impatient.kill('az1-link')).rejects.toThrow('Docker did not answer within 1.5 s: kill');
    await impatient.close();
  });

  it('that is gone is told, with what was last seen', async () => {
    await driver.open();
    await engine.close();
    expect(await driver.look()).toMatch(/^Docker cannot be reached \(EN\w+\): list the containers$/);
    expect(driver.differences()[0]).toMatch(/^What is shown may be out of date: Docker cannot be reached/);
    expect(states()['az1-link']).toBe('running');
    await expect(driver.kill('az1-link')).rejects.toThrow('Docker cannot be reached');
  });

  it('that was never there is refused at the start', async () => {
    const nobody = new DockerDriver(region, new Engine({ socketPath: '/nonexistent/docker.sock' }));
    await expect(nobody.open()).rejects.toThrow('Docker cannot be reached (ENOENT): list the containers');
    await nobody.close();
  });
});

describe('usage', () => {
  it('is the working set and the limit at once, and a share of a core from the second sample', async () => {
    await driver.open();
    expect((await driver.usage()).get('az1-link')).toEqual({ memoryBytes: 40_000_000, memoryLimitBytes: 64 * 2 ** 20, cpuShare: null });
    const asked = engine.calls.filter((call) => call.startsWith('GET stats')).length;
    await driver.usage();
    expect(engine.calls.filter((call) => call.startsWith('GET stats'))).toHaveLength(asked);
    await pause(2050);
    expect((await driver.usage()).get('az1-link')?.cpuShare).toBeCloseTo(0.05, 1);
  });

  it('of a dead container is nothing', async () => {
    await driver.open();
    await driver.kill('az1-link');
    expect((await driver.usage()).has('az1-link')).toBe(false);
  });
});
