import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LinkProxy } from '#contracts/region.ts';
import { freePort } from '#kit/free-port.ts';
import { call, closeAll, connectTo, echo, endOf, openUpstream } from './link.fixture.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

let folder: string;
let api: number;
let upstreamPort: number;
let children: ChildProcess[];

async function way(name: string, to: 'az1' | 'az2', from: 'az1' | null): Promise<LinkProxy> {
  return { name, from, to, listen: { host: '127.0.0.1', port: await freePort() }, upstream: { host: '127.0.0.1', port: upstreamPort }, baseLatencyMs: from === null ? 0 : 1 };
}

/** Replaced whole, as the region writes it. */
function writeRegion(proxies: LinkProxy[]): void {
  const endpoint = { name: 'az1-link', role: 'link', az: 'az1', dc: null, service: null, scope: 'zonal', address: null, admin: null, program: 'services/link/main.ts', networks: [], environment: {} };
  const links = [{ name: 'az1-link', az: 'az1', api: { host: '127.0.0.1', port: api }, proxies }];
  writeFileSync(join(folder, 'new.json'), JSON.stringify({ schema: 'azimuth.region/1', region: 'test', body: 'embedded', endpoints: [endpoint], links }));
  renameSync(join(folder, 'new.json'), join(folder, 'region.json'));
}

function start(instance = 'az1-link'): { child: ChildProcess; code: Promise<number | null>; err: () => string } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', AZIMUTH_REGION_FILE: join(folder, 'region.json'), AZIMUTH_INSTANCE: instance, DRAIN_GRACE_MS: '1000' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  children.push(child);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, code: once(child, 'exit').then(([code]) => code as number | null), err: () => err };
}

const proxies = async (): Promise<Record<string, unknown>> => (await call(api, 'GET', '/proxies')).json as Record<string, unknown>;
const ready = (): Promise<void> => vi.waitFor(async () => expect((await call(api, 'GET', '/version')).status).toBe(200), SOON);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'link-'));
  children = [];
  api = await freePort();
  upstreamPort = (await openUpstream()).port;
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await closeAll();
  rmSync(folder, { recursive: true });
});

test('its ways are open with their base latency when its API answers, and it follows the description', async () => {
  const [kitchen, balancer, added] = [await way('az2-kitchen-a', 'az2', 'az1'), await way('az1-load-balancer', 'az1', null), await way('az2-kitchen-b', 'az2', 'az1')];
  writeRegion([kitchen, balancer]);
  const { child, code } = start();
  await ready();
  expect(await proxies()).toMatchObject({
    'az1-load-balancer': { enabled: true, toxics: [] },
    'az2-kitchen-a': { enabled: true, toxics: [{ name: 'base-latency', type: 'latency', stream: 'upstream', attributes: { latency: 1, jitter: 0 } }] },
  });
  const socket = await connectTo(`127.0.0.1:${kitchen.listen.port}`);
  expect(await echo(socket, 'hello')).toBe('hello');
  expect((await call(api, 'GET', '/metrics')).text).toMatch(/toxiproxy_proxy_sent_bytes_total\{direction="upstream",listener="[^"]*",proxy="az2-kitchen-a",[^}]*\} 5\n/);

  writeFileSync(join(folder, 'region.json'), '{"half": ');
  await new Promise((resolve) => setTimeout(resolve, 1200));
  writeRegion([kitchen, added]);
  await vi.waitFor(async () => expect(Object.keys(await proxies())).toEqual(['az2-kitchen-a', 'az2-kitchen-b']), SOON);
  expect(await echo(socket, 'still here')).toBe('still here');

  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await echo(socket, 'finishing')).toBe('finishing');
  socket.destroy();
  expect(await code).toBe(0);
});

test('connections that stay open do not keep it from ending', async () => {
  const kitchen = await way('az2-kitchen-a', 'az2', 'az1');
  writeRegion([kitchen]);
  const { child, code } = start();
  await ready();
  const socket = await connectTo(`127.0.0.1:${kitchen.listen.port}`);
  expect(await echo(socket, 'hello')).toBe('hello');
  child.kill('SIGTERM');
  expect(await code).toBe(0);
  expect(await endOf(socket)).toBe('end');
});

test('a way whose port is taken, and a description without the link, are one message and exit 2', async () => {
  const taken = await openUpstream();
  writeRegion([{ ...(await way('az2-kitchen-a', 'az2', 'az1')), listen: { host: '127.0.0.1', port: taken.port } }]);
  const blocked = start();
  expect(await blocked.code).toBe(2);
  expect(blocked.err()).toBe(`the link's ways cannot be opened:\n  az2-kitchen-a: listen tcp ${taken.address}: bind: address already in use\n`);
  const foreign = start('az9-link');
  expect(await foreign.code).toBe(2);
  expect(foreign.err()).toContain('has no endpoint "az9-link"');
});
