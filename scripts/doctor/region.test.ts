import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '#kit/free-port.ts';
import { publishRunning } from '#kit/state-folder.ts';
import { examineRegion } from './region.ts';

let root: string;
/** Of a machine on which no region runs, whatever runs on this one. */
let quiet: NodeJS.ProcessEnv;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'azimuth-doctor-'));
  quiet = { AZIMUTH_STATE_DIR: root, AZIMUTH_API_PORT: String(await freePort()), AZIMUTH_SHOP_PORT: String(await freePort()), AZIMUTH_PROMETHEUS_PORT: String(await freePort()) };
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test('a region that runs already is no problem, and how to stop it is said', async () => {
  const env = quiet;
  publishRunning({ schema: 'azimuth.running/1', region: 'azimuth', body: 'embedded', pid: process.pid, startedMs: 1, api: '', urls: { shop: 'http://127.0.0.1:8080' } }, env);
  const findings = await examineRegion(env);
  expect(findings).toMatchObject([{ state: 'note', found: expect.stringContaining('http://127.0.0.1:8080'), remedy: expect.stringContaining(`kill ${process.pid}`) }]);
});

test('a region that runs in containers has its ports by right, and Docker stops it', async () => {
  const running = { schema: 'azimuth.running/1', region: 'azimuth', body: 'compose', pid: null, startedMs: 1, api: 'http://127.0.0.1:8090', urls: { shop: 'http://127.0.0.1:8080/menu' } };
  const server = createHttpServer((_request, response) => response.end(JSON.stringify(running))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const findings = await examineRegion({ ...quiet, AZIMUTH_API_PORT: String((server.address() as AddressInfo).port) });
  server.closeAllConnections();
  server.close();
  expect(findings).toMatchObject([{ state: 'note', found: expect.stringContaining('in containers') as string, remedy: 'Stop it with docker compose down -v' }]);
});

test('ports that only containers want stop nothing', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const findings = await examineRegion({ ...quiet, AZIMUTH_GRAFANA_PORT: String(port) });
  await new Promise((resolve) => server.close(resolve));
  expect(findings).toContainEqual(expect.objectContaining({ name: `port ${port}`, state: 'note', remedy: expect.stringMatching(/AZIMUTH_GRAFANA_PORT=\d+ docker compose up/) as string }));
});

test('a broken description and a bad variable are problems that name the place', async () => {
  const file = join(root, 'docker-compose.yml');
  writeFileSync(file, 'services: [');
  expect(await examineRegion(quiet, file)).toMatchObject([{ name: 'region', state: 'problem', found: expect.stringContaining(file) }]);
  expect(await examineRegion({ ...quiet, AZIMUTH_SHOP_PORT: 'http' })).toMatchObject([{ state: 'problem', found: expect.stringContaining('AZIMUTH_SHOP_PORT') }]);
});

test('the published port that somebody has is named with the variable that moves it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const findings = await examineRegion({ ...quiet, AZIMUTH_SHOP_PORT: String(port) });
  await new Promise((resolve) => server.close(resolve));
  expect(findings).toContainEqual(expect.objectContaining({ name: `port ${port}`, state: 'problem', remedy: expect.stringContaining('AZIMUTH_SHOP_PORT=') }));
});

test('a region of another name chooses its ports itself', async () => {
  expect(await examineRegion({ ...quiet, AZIMUTH_REGION: 'b' })).toMatchObject([{ name: 'region', state: 'ok', found: expect.stringContaining('free ports') }]);
});
