import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '#kit/free-port.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

let folder: string;
let traffic: number;
let admin: number;
const children: ChildProcess[] = [];

function start(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env['PATH'] ?? '', AZIMUTH_REGION_FILE: join(folder, 'region.json'), AZIMUTH_INSTANCE: 'az1-kitchen-a', ...environment },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  children.push(child);
  const run = { child, errors: '', exit: once(child, 'exit').then(([code]) => code as number | null) };
  child.stderr.on('data', (chunk) => (run.errors += String(chunk)));
  return run;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kitchen-'));
  [traffic, admin] = [await freePort(), await freePort()];
  const endpoint = {
    name: 'az1-kitchen-a',
    role: 'service',
    az: 'az1',
    dc: 'az1-dc1',
    service: 'kitchen',
    scope: 'zonal',
    address: { host: '127.0.0.1', port: traffic },
    admin: { host: '127.0.0.1', port: admin },
    program: 'services/kitchen/main.ts',
    networks: [],
    environment: {},
  };
  writeFileSync(join(folder, 'region.json'), JSON.stringify({ schema: 'azimuth.region/1', region: 'test', body: 'embedded', endpoints: [endpoint], links: [] }));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${traffic}/healthz`)).status;
const order = (key: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${traffic}/orders`, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key }, body: '{"pizza":"funghi"}' });

test('on SIGTERM health fails first, orders are still taken, what is in the oven is finished, and the process ends with 0', async () => {
  const run = start({ KITCHEN_BAKE_MEAN_MS: '1500', KITCHEN_BAKE_CV: '0', DRAIN_GRACE_MS: '500' });
  const { child, exit } = run;
  await vi.waitFor(async () => expect(await health()).toBe(200), SOON);
  const before = order('before');
  await vi.waitFor(async () => expect(await (await fetch(`http://127.0.0.1:${admin}/readyz`)).text()).toMatch(/1 of 8 busy/), SOON);
  child.kill('SIGTERM');
  await vi.waitFor(async () => expect(await health()).toBe(503), SOON);
  const during = order('during');
  expect((await before).status).toBe(201);
  expect((await during).status).toBe(201);
  expect(await exit).toBe(0);
  expect(run.errors).not.toContain('cut');
  await expect(health()).rejects.toThrow();
});

test('a second signal ends it at once', async () => {
  const { child, exit } = start({ DRAIN_GRACE_MS: '4000' });
  await vi.waitFor(async () => expect(await health()).toBe(200), SOON);
  child.kill('SIGTERM');
  await vi.waitFor(async () => expect(await health()).toBe(503), SOON);
  const askedMs = performance.now();
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(performance.now() - askedMs).toBeLessThan(2000);
});

test('bad configuration is one message that names every variable, and exit code 2', async () => {
  const run = start({ KITCHEN_OVENS: '0', KITCHEN_BAKE_MEAN_MS: 'hot' });
  expect(await run.exit).toBe(2);
  expect(run.errors).toMatch(/KITCHEN_OVENS="0".*from 1 to 1000/);
  expect(run.errors).toMatch(/KITCHEN_BAKE_MEAN_MS="hot"/);
  expect(run.errors).not.toMatch(/\n\s+at /);
});

test('a taken port is one message that names it, and exit code 2', async () => {
  const squatter = createServer().listen(traffic, '127.0.0.1');
  await once(squatter, 'listening');
  const run = start();
  expect(await run.exit).toBe(2);
  expect(run.errors).toContain(`port taken: another process listens on 127.0.0.1:${traffic}`);
  squatter.close();
});
