/**
 * No connection of a running region passes the links by. Two AZs of the shipped description with one replica of
 * each service, real programs, orders under way; az1's kitchen is dead, so that its orders bake in az2.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { CustomerRecord, CustomerSummary } from '#contracts/records.ts';
import type { Region } from '#contracts/region.ts';
import { compileRegion } from '#kit/region/compile.ts';
import { writeRegion } from '#kit/region/serialise.ts';
import { CHECKOUT } from '../../../embedded/checkout.ts';
import { portsOf, takenPorts } from '../../../embedded/ports.ts';
import { startAll, startOrder } from '../../start-order.ts';
import { judgeConnections, type Reached, type Ways } from './bypass.ts';
import { EmbeddedDriver } from './driver.ts';
import { tcpConnections } from './tcp-connections.ts';

const SAMPLES = 10;
const SAMPLE_EVERY_MS = 200;
/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 60_000 };

const isLinux = process.platform === 'linux';
if (!isLinux) process.stderr.write('not looked for connections that pass the links by: only Linux tells who holds a socket\n');

interface Description {
  services: Record<string, { networks?: Record<string, unknown> }>;
  networks: Record<string, unknown>;
}

/** The shipped description without az3 and without every second replica. */
function smallerDescription(): string {
  const description = parse(readFileSync(join(CHECKOUT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Description;
  delete description.networks['az3'];
  for (const [name, { networks }] of Object.entries(description.services)) {
    if (name.startsWith('az3-') || name.endsWith('-b')) delete description.services[name];
    else if (networks !== undefined) delete networks['az3'];
  }
  return stringify(description, { aliasDuplicateObjects: false });
}

/** Below the ports that the kernel hands out to outgoing connections, where nobody listens. */
async function describeSmallRegion(): Promise<Region> {
  const text = smallerDescription();
  for (let portBase = 22_600 + (process.pid % 40) * 100; ; portBase += 100) {
    const variables = { AZIMUTH_REGION: `bypass-${process.pid}`, AZIMUTH_SHOP_PORT: String(portBase + 90), AZIMUTH_API_PORT: String(portBase + 91) };
    const result = compileRegion({ text, file: 'docker-compose.yml', body: 'embedded', variables, portBase });
    if ('errors' in result) throw new Error(JSON.stringify(result.errors, null, 1));
    if ((await takenPorts(portsOf(result.region))).length === 0) return result.region;
  }
}

describe.runIf(isLinux)('in a region under load', () => {
  let folder: string;
  let region: Region;
  let driver: EmbeddedDriver;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'azimuth-bypass-'));
    region = await describeSmallRegion();
    const regionFile = join(folder, 'region.json');
    writeRegion(regionFile, region);
    driver = new EmbeddedDriver({
      region, regionFile, root: CHECKOUT, logFolder: join(folder, 'logs'), compileCache: join(folder, 'cache'), version: '0.0.0', onDeath: (text) => process.stderr.write(`${text}\n`),
    });
    const names = new Set(driver.components().map(({ name }) => name));
    const failures = await startAll(driver, startOrder(region.endpoints.filter(({ name }) => names.has(name))), { atOnce: 3, gently: false });
    expect([...failures]).toEqual([]);
    expect(names.size).toBe(11);
    await driver.kill('az1-kitchen-a');
    await setTraffic('balanced');
  });
  afterAll(async () => {
    await driver.close({ hard: true });
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const customers = (path: string, init?: RequestInit): Promise<Response> => {
    const admin = region.endpoints.find(({ role }) => role === 'customers')?.admin;
    return fetch(`http://${admin?.host}:${admin?.port}${path}`, { ...init, signal: AbortSignal.timeout(5000) });
  };

  async function setTraffic(arm: 'balanced' | 'bare'): Promise<void> {
    const answer = await customers('/traffic', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ratePerSecond: 30, arm }) });
    expect(answer.status).toBe(200);
  }

  const records = async (): Promise<CustomerRecord[]> =>
    (await (await customers('/records?limit=20000')).text()).split('\n').slice(0, -1).map((line) => JSON.parse(line) as CustomerRecord);

  function look(strangers: readonly [pid: number, caller: string][] = []): Ways {
    const programs = driver.components().flatMap(({ pid, name }): [number, string][] => (pid === null ? [] : [[pid, name]]));
    return judgeConnections(region, tcpConnections(new Map([...programs, ...strangers])));
  }

  async function lookRepeatedly(): Promise<{ bypasses: Reached[]; crossed: Set<string> }> {
    const [bypasses, crossed] = [[] as Reached[], new Set<string>()];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const ways = look();
      bypasses.push(...ways.bypasses);
      for (const { caller, reached } of ways.crossings) crossed.add(`${caller} ${reached}`);
      await sleep(SAMPLE_EVERY_MS);
    }
    return { bypasses, crossed };
  }

  it('orders of az1 are baked in az2, and say so', async () => {
    await expect.poll(async () => (await records()).filter(({ az, bakedIn }) => az === 'az1' && bakedIn === 'az2').length, SOON).toBeGreaterThan(10);
  });

  it('nothing passes the links by, and what crosses AZs and what comes in crosses them', async () => {
    const { bypasses, crossed } = await lookRepeatedly();
    expect(bypasses).toEqual([]);
    const expected = ['front-door az1-link/az1-load-balancer', 'front-door az2-link/az2-load-balancer', 'az1-link/az2-kitchen-a', 'az2-link/az1-storefront-a'];
    expect(expected.filter((way) => ![...crossed].some((one) => one.endsWith(way)))).toEqual([]);
    expect(((await (await customers('/summary?windowMs=5000')).json()) as CustomerSummary).orders.answered).toBeGreaterThan(0);
  });

  it('nor does anything that the control arm does', async () => {
    await setTraffic('bare');
    await sleep(SAMPLE_EVERY_MS);
    const { bypasses, crossed } = await lookRepeatedly();
    await setTraffic('balanced');
    expect(bypasses).toEqual([]);
    expect([...crossed].filter((way) => way.startsWith('customers ')).toSorted()).toEqual(['customers az1-link/az1-storefront-a', 'customers az2-link/az2-storefront-a']);
  });

  it('a connection from az1 straight to a replica of az2 is caught, and it alone', async () => {
    const at = region.endpoints.find(({ name }) => name === 'az2-kitchen-a')?.address;
    const script = `require('node:net').connect(${at?.port}, '${at?.host}', () => console.log('connected')).resume()`;
    const plant = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(plant.stdout, 'data');
      expect(look([[plant.pid ?? 0, 'az1-storefront-a']]).bypasses).toEqual([{ caller: 'az1-storefront-a', reached: 'az2-kitchen-a' }]);
    } finally {
      plant.kill('SIGKILL');
    }
    await once(plant, 'close');
    expect(look([[plant.pid ?? 0, 'az1-storefront-a']]).bypasses).toEqual([]);
  });
});
