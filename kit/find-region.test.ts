import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningRegion } from '#contracts/running.ts';
import { findRegion, listRegions } from './find-region.ts';
import { publishRunning } from './state-folder.ts';

/** Nobody listens there: only root could. */
const REFUSED = '1';

let root: string;
let env: Record<string, string>;
const servers: (Server | TcpServer)[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'azimuth-state-'));
  env = { AZIMUTH_STATE_DIR: root, AZIMUTH_API_PORT: REFUSED };
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

function asProcesses(...names: string[]): void {
  for (const region of names) {
    publishRunning({ schema: 'azimuth.running/1', region, body: 'embedded', pid: process.pid, startedMs: 1, api: `http://127.0.0.1:2/${region}`, urls: {} }, env);
  }
}

/** A controller that says of its region what it says in containers; the port. */
async function inContainers(region: string, answer?: (response: ServerResponse) => void): Promise<string> {
  const running = { schema: 'azimuth.running/1', region, body: 'compose', pid: null, startedMs: 1, api: 'http://127.0.0.1:8090', urls: { shop: 'http://127.0.0.1:8080' } };
  const server = createServer((request, response) => {
    if (answer !== undefined) answer(response);
    else if (request.url === '/v1/running') response.end(JSON.stringify(running));
    else response.writeHead(404).end('{}');
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

const found = (): Promise<RunningRegion> => findRegion(undefined, env);

test('the only region is meant; without one both ways to start it are said', async () => {
  await expect(found()).rejects.toMatchObject({ exitCode: 5, hint: expect.stringMatching(/npm start.*docker compose up -d --wait/) as string });
  asProcesses('b');
  expect((await found()).region).toBe('b');
});

test('a region in containers is found at its port, by the address that was asked', async () => {
  env = { ...env, AZIMUTH_API_PORT: await inContainers('azimuth') };
  expect(await found()).toMatchObject({ region: 'azimuth', body: 'compose', api: `http://127.0.0.1:${env['AZIMUTH_API_PORT']}`, urls: { shop: 'http://127.0.0.1:8080' } });
});

test('of two regions, whatever their bodies, one must be named, by flag or by environment, and the flag wins', async () => {
  asProcesses('b');
  env = { ...env, AZIMUTH_API_PORT: await inContainers('azimuth') };
  await expect(found()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('b, azimuth') as string, hint: expect.stringContaining('--region') as string });
  expect((await findRegion('b', env)).body).toBe('embedded');
  env = { ...env, AZIMUTH_REGION: 'azimuth' };
  expect((await found()).body).toBe('compose');
  expect((await findRegion('b', env)).body).toBe('embedded');
});

test('two of one name are told apart by their address', async () => {
  asProcesses('azimuth');
  env = { ...env, AZIMUTH_API_PORT: await inContainers('azimuth') };
  const told = { exitCode: 2, message: expect.stringMatching(/"azimuth": as processes at .*, in containers at /) as string, hint: expect.stringContaining('AZIMUTH_API=http://127.0.0.1:') as string };
  await expect(found()).rejects.toMatchObject(told);
  await expect(findRegion('azimuth', env)).rejects.toMatchObject(told);
  env = { ...env, AZIMUTH_API: `http://127.0.0.1:${env['AZIMUTH_API_PORT']}` };
  expect((await findRegion('azimuth', env)).body).toBe('compose');
});

test('AZIMUTH_API names a region and no other, and says where nobody answered', async () => {
  asProcesses('b');
  env = { ...env, AZIMUTH_API: `http://127.0.0.1:${await inContainers('azimuth')}` };
  expect((await listRegions(env)).regions).toHaveLength(1);
  await expect(findRegion('b', env)).rejects.toMatchObject({ exitCode: 5, hint: expect.stringContaining('azimuth') as string });
  const nobody = { ...env, AZIMUTH_API: `http://127.0.0.1:${REFUSED}`, AZIMUTH_IN_CONTAINER: '1' };
  await expect(findRegion(undefined, nobody)).rejects.toMatchObject({
    exitCode: 5, message: `No region is running at http://127.0.0.1:${REFUSED}.`, hint: expect.not.stringContaining('npm start') as string,
  });
});

test('a region that does not run is named with those that do', async () => {
  asProcesses('azimuth');
  await expect(findRegion('c', env)).rejects.toMatchObject({ exitCode: 5, message: 'No region "c" is running.', hint: expect.stringContaining('azimuth') as string });
});

test.each<[what: string, answer: (response: ServerResponse) => void]>([
  ['a page', (response) => response.end('<html>')],
  ['another document', (response) => response.end('{"schema":"azimuth.running/2"}')],
  ['a refusal', (response) => response.writeHead(403).end('{"error":{}}')],
  ['the way to elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
])('whoever gives %s on that port is no region', async (_what, answer) => {
  env = { ...env, AZIMUTH_API_PORT: await inContainers('azimuth', answer) };
  expect(await listRegions(env)).toEqual({ regions: [], silentApi: null });
});

test('somebody who accepts and is silent holds a verb up for a second and is named', async () => {
  const silent = createTcpServer(() => undefined).listen(0, '127.0.0.1');
  servers.push(silent);
  await once(silent, 'listening');
  env = { ...env, AZIMUTH_API_PORT: String((silent.address() as AddressInfo).port) };
  const beganMs = performance.now();
  await expect(found()).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('did not answer within 1 s') as string });
  expect(performance.now() - beganMs).toBeLessThan(3000);
});

test('a controller whose injector does not answer is named, and both are to be looked at', async () => {
  const port = await inContainers('azimuth', (response) => response.writeHead(502, { 'x-azimuth-error': 'AZ_INJECTOR_GONE' }).end('{"error":{"code":"AZ_INJECTOR_GONE","message":"gone"}}'));
  env = { ...env, AZIMUTH_API_PORT: port };
  await expect(found()).rejects.toMatchObject({
    exitCode: 5, message: `No region is running, or it is too busy: http://127.0.0.1:${port} says that its injector does not answer.`, hint: expect.stringContaining('docker compose ps injector controller') as string,
  });
});
