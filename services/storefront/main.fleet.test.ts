import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '#kit/free-port.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

let folder: string;
let traffic: number;
let kitchens: [Server, Server];
let orders: { kitchen: string; headers: IncomingHttpHeaders }[];
let child: ChildProcess;
let exit: Promise<number | null>;

/** A kitchen that answers its checks and bakes in no time. */
async function openKitchen(name: string): Promise<Server> {
  const server = createHttpServer((request, response) => {
    if (request.url === '/healthz') {
      response.end(JSON.stringify({ status: 'ok', instanceId: name, bootId: name, version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null }));
      return;
    }
    orders.push({ kitchen: name, headers: request.headers });
    request.resume().on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json', 'server-timing': 'oven;dur=1' }).end(JSON.stringify({ kitchen: name }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'storefront-'));
  orders = [];
  kitchens = [await openKitchen('az1-kitchen-a'), await openKitchen('az2-kitchen-a')];
  traffic = await freePort();
  const admin = await freePort();
  const endpoint = (name: string, az: string, service: string, port: number, adminPort: number | null) => ({
    name,
    role: 'service',
    az,
    dc: `${az}-dc1`,
    service,
    scope: 'zonal',
    address: { host: '127.0.0.1', port },
    admin: adminPort === null ? null : { host: '127.0.0.1', port: adminPort },
    program: null,
    networks: [],
    environment: {},
  });
  const portOf = (server: Server): number => (server.address() as { port: number }).port;
  const endpoints = [
    endpoint('az1-storefront-a', 'az1', 'storefront', traffic, admin),
    endpoint('az1-kitchen-a', 'az1', 'kitchen', portOf(kitchens[0]), null),
    endpoint('az2-kitchen-a', 'az2', 'kitchen', portOf(kitchens[1]), null),
  ];
  writeFileSync(join(folder, 'region.json'), JSON.stringify({ schema: 'azimuth.region/1', region: 'test', body: 'embedded', endpoints, links: [] }));
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', AZIMUTH_REGION_FILE: join(folder, 'region.json'), AZIMUTH_INSTANCE: 'az1-storefront-a', DRAIN_GRACE_MS: '200' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  exit = once(child, 'exit').then(([code]) => code as number | null);
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${traffic}/menu`)).status).toBe(200), SOON);
});
afterEach(() => {
  child.kill('SIGKILL');
  for (const kitchen of kitchens) kitchen.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

const order = (key: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${traffic}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, 'x-deadline-ms': '900' },
    body: '{"pizza":"funghi"}',
  });

test('an order is baked by a kitchen of the same AZ, and by another AZ when that one is gone', async () => {
  // A busy machine may hold both kitchens of this process up for longer than a check waits: until the own AZ's is back.
  const first = await vi.waitFor(async () => {
    orders = [];
    const response = await order('k1');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ kitchen: 'az1-kitchen-a' });
    return response;
  }, SOON);
  expect(first.headers.get('x-az')).toBe('az1');
  expect(first.headers.get('server-timing')).toBe('oven;dur=1');
  expect(orders[0]?.headers).toMatchObject({ 'idempotency-key': 'k1', 'x-attempt': '1', 'x-deadline-ms': expect.stringMatching(/^(8\d\d|900)$/) });
  kitchens[0].close().closeAllConnections();
  const second = await order('k2');
  expect(second.status).toBe(201);
  expect(await second.json()).toEqual({ kitchen: 'az2-kitchen-a' });
});

test('on SIGTERM it drains and ends with 0', async () => {
  expect((await order('k1')).status).toBe(201);
  child.kill('SIGTERM');
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${traffic}/healthz`)).status).toBe(503), SOON);
  expect(await exit).toBe(0);
});
