/**
 * A region of a few tiny programs in a folder of its own, for tests that need real processes but not the
 * real services: they answer the same health questions and do what their name says.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint, Link, Region } from '#contracts/region.ts';

const PROGRAM = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const { endpoints, links } = JSON.parse(readFileSync(process.env.AZIMUTH_REGION_FILE, 'utf8'));
const me = endpoints.find((one) => one.name === process.env.AZIMUTH_INSTANCE);
const link = links.find((one) => one.name === me.name);
if (process.env.BEHAVIOUR === 'refuse') {
  console.error('the oven is not connected');
  process.exit(2);
}
const serve = (at) => createServer((request, response) => {
  if (request.url === '/exit') process.exit(7);
  response.end(JSON.stringify({ me: me.name, priority: process.pid }));
}).listen(at.port, at.host);
if (me.admin && process.env.BEHAVIOUR !== 'mute') serve(me.admin);
if (link) setTimeout(serve, 100, link.api);
if (me.address) serve(me.address);
console.error(me.name + ' serves');
process.on('SIGTERM', () => setTimeout(process.exit, process.env.BEHAVIOUR === 'linger' ? 300 : 0, 0));
`;

export interface SmallFleet {
  folder: string;
  region: Region;
  regionFile: string;
  /** Removes the folder; processes are the test's. */
  remove(): void;
}

/** @param names endpoint names `<az>-<service>-<replica>`, `<az>-link`, or those outside every AZ. `environment`: by name. */
export async function smallFleet(names: readonly string[], environment: Record<string, Record<string, string>> = {}): Promise<SmallFleet> {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-fleet-'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  const endpoints: Endpoint[] = [];
  for (const name of names) endpoints.push(await endpointOf(name, environment[name] ?? {}));
  const links: Link[] = [];
  for (const { name, az, role } of endpoints) {
    if (role === 'link' && az !== null) links.push({ name, az, api: { host: '127.0.0.1', port: await freePort() }, proxies: [] });
  }
  const region: Region = { schema: 'azimuth.region/1', region: 'small', body: 'embedded', endpoints, links };
  const regionFile = join(folder, 'region.json');
  writeFileSync(regionFile, JSON.stringify(region));
  return { folder, region, regionFile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function endpointOf(name: string, environment: Record<string, string>): Promise<Endpoint> {
  if (name.endsWith('-link')) {
    const az = name.slice(0, 3) as 'az1';
    return { name, role: 'link', az, dc: null, service: null, scope: 'zonal', address: null, admin: null, program: 'program.mjs', networks: [], environment };
  }
  const [, az, service, replica] = /^(az[123])-(\w+)-([ab])$/.exec(name) ?? [];
  const admin = { host: '127.0.0.1', port: await freePort() };
  if (az === undefined || service === undefined) {
    return {
      name, role: name === 'customers' ? 'customers' : 'front-door', az: null, dc: null, service: null, scope: 'regional',
      address: null, admin, program: 'program.mjs', networks: [], environment,
    };
  }
  return {
    name, role: 'service', az: az as 'az1', dc: `${az}-dc${replica === 'a' ? 1 : 2}`, service, scope: 'zonal',
    address: { host: '127.0.0.1', port: await freePort() }, admin, program: 'program.mjs', networks: [], environment,
  };
}

/** Below the ports that the kernel hands out to outgoing connections, which would take one in between. */
let nextPort = 24_000 + (process.pid % 1000) * 6;

async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
