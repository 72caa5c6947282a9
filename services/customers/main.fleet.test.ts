import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CustomerRecord, CustomerSummary } from '#contracts/records.ts';
import { freePort } from '#kit/free-port.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

let folder: string;
let admin: number;
let shops: [Server, Server, Server];
let seen: { shop: number; method: string; path: string; headers: Record<string, unknown> }[];
let deaf: boolean;
let child: ChildProcess;
let exit: Promise<number | null>;

/** A front door and two storefronts that answer at once, or never. */
async function openShop(shop: number): Promise<Server> {
  const server = createHttpServer((request, response) => {
    seen.push({ shop, method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    request.resume().on('end', () => {
      if (deaf) return;
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'x-az': 'az3', 'server-timing': 'oven;dur=0.5' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'customers-'));
  [seen, deaf, admin] = [[], false, await freePort()];
  shops = [await openShop(0), await openShop(1), await openShop(2)];
  const endpoint = (name: string, role: string, service: string | null, port: number | null) => ({
    name,
    role,
    az: null,
    dc: null,
    service,
    scope: 'regional',
    address: port === null ? null : { host: '127.0.0.1', port },
    admin: port === null ? { host: '127.0.0.1', port: admin } : null,
    program: null,
    networks: [],
    environment: {},
  });
  const endpoints = [
    endpoint('front-door', 'front-door', null, portOf(shops[0])),
    endpoint('az1-storefront-a', 'service', 'storefront', portOf(shops[1])),
    endpoint('az1-storefront-b', 'service', 'storefront', portOf(shops[2])),
    endpoint('customers', 'customers', null, null),
  ];
  writeFileSync(join(folder, 'region.json'), JSON.stringify({ schema: 'azimuth.region/1', region: 'test', body: 'embedded', endpoints, links: [] }));
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', AZIMUTH_REGION_FILE: join(folder, 'region.json'), AZIMUTH_INSTANCE: 'customers' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  exit = once(child, 'exit').then(([code]) => code as number | null);
  await vi.waitFor(async () => expect((await ask('/healthz')).status).toBe(200), SOON);
});
afterEach(() => {
  child.kill('SIGKILL');
  for (const shop of shops) shop.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${admin}${path}`);
const setTraffic = (traffic: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${admin}/traffic`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(traffic) });
const records = async (): Promise<CustomerRecord[]> => (await (await ask('/records?limit=20000')).text()).split('\n').slice(0, -1).map((line) => JSON.parse(line));

test('customers order through the front door, each with a menu read, and write down what they got', async () => {
  await setTraffic({ ratePerSecond: 100 });
  await vi.waitFor(async () => expect((await records()).length).toBeGreaterThan(100), SOON);
  await setTraffic({ ratePerSecond: 0 });
  const all = await records();
  expect(all.every(({ status, az, arm }) => (status === 200 || status === 201) && az === 'az3' && arm === 'balanced')).toBe(true);
  expect(all.filter(({ kind }) => kind === 'order').every(({ bakeMs }) => bakeMs === 0.5)).toBe(true);
  expect(all.every((one) => Math.abs(one.intendedMs - Date.now()) < 60_000)).toBe(true);
  expect(seen.every(({ shop }) => shop === 0)).toBe(true);
  const order = seen.find(({ path }) => path === '/orders');
  expect(order?.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': expect.stringMatching(/^[0-9a-f]{8}-\d+$/), 'x-deadline-ms': expect.stringMatching(/^(9\d\d|1000)$/) });
  const summary = (await (await ask('/summary?windowMs=60000')).json()) as CustomerSummary;
  expect(summary.orders).toMatchObject({ failed: 0, answered: summary.orders.offered });
  expect(summary.shareByAz).toEqual({ az3: 1 });
});

test('bare customers go straight to the storefronts in turn', async () => {
  await setTraffic({ ratePerSecond: 100, arm: 'bare' });
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(50), SOON);
  const turns = [1, 2].map((shop) => seen.filter((one) => one.shop === shop).length);
  expect(Math.abs((turns[0] ?? 0) - (turns[1] ?? 0))).toBeLessThan(10);
  expect(seen.some(({ shop }) => shop === 0)).toBe(false);
});

test('a shop that never answers costs every customer exactly the patience, and SIGTERM lets the last ones leave', async () => {
  deaf = true;
  await setTraffic({ ratePerSecond: 50 });
  await vi.waitFor(async () => expect((await records()).length).toBeGreaterThan(20), SOON);
  const all = await records();
  expect(all.every(({ status, answeredMs }) => status === null && answeredMs === null)).toBe(true);
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

test('a shop that is gone fails its customers at once, without harm to the generator', async () => {
  const front = shops[0];
  front.close().closeAllConnections();
  await setTraffic({ ratePerSecond: 50 });
  await vi.waitFor(async () => expect((await records()).length).toBeGreaterThan(20), SOON);
  expect((await records()).every(({ status }) => status === null)).toBe(true);
  expect((await ask('/healthz')).status).toBe(200);
});
