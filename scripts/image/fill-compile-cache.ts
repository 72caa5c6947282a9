/**
 * Part of the image's build (`compose/Dockerfile`): every program runs once on the loopback, under a little traffic, so
 * that Node keeps what it compiled. Two dozen programs start on two cores at `docker compose up`; each would otherwise
 * strip and compile the same sources again, beside the others, at every start. In the image the cache cannot be written.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint } from '#contracts/region.ts';
import { compileFile } from '#kit/region/compile-file.ts';
import { writeRegion } from '#kit/region/serialise.ts';

const DESCRIPTION = 'docker-compose.yml';
const TRAFFIC = { ratePerSecond: 30 };
/** Enough for functions to be compiled that an order passes through; a busy machine takes its time. */
const ORDERS = 60;
const READY_LIMIT_MS = 60_000;
const END_LIMIT_MS = 10_000;
/** Who runs the programs in containers; Node keeps a cache for each user. */
const USER = '1000';
/** Far from those of a region: a build may share its network with the machine. */
const PLACE = { portBase: 29_000, variables: { AZIMUTH_SHOP_PORT: '29800', AZIMUTH_API_PORT: '29890', LOG_LEVEL: 'error' } };

const cache = process.env['NODE_COMPILE_CACHE'];
if (cache === undefined || process.getuid?.() !== 0) throw new Error('NODE_COMPILE_CACHE must name the folder to fill, and this must run as root');
const folder = mkdtempSync(join(tmpdir(), 'azimuth-image-'));
const [local, containers] = [join(folder, 'embedded.json'), join(folder, 'compose.json')];
const children: ChildProcess[] = [];
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

await runOnce('services/region/main.ts', { AZIMUTH_DESCRIPTION_FILE: DESCRIPTION, AZIMUTH_REGION_FILE: containers }, 0);
// Without an engine or a region these two say so and end.
await runOnce('chaos/injector/main.ts', { AZIMUTH_REGION_FILE: containers, AZIMUTH_INSTANCE: 'injector', INJECTOR_JOURNAL: join(folder, 'journal.jsonl') }, null);
await runOnce('scripts/azimuth.ts', { AZIMUTH_IN_CONTAINER: '1', AZIMUTH_API: 'http://127.0.0.1:1' }, null, ['kill', 'az1']);
await runFleet();
for (const tag of readdirSync(cache)) cpSync(join(cache, tag), join(cache, tag.replace(/-0$/, `-${USER}`)), { recursive: true });

/** One AZ without a link, which is no program of ours in containers, and what stands around it. */
async function runFleet(): Promise<void> {
  const region = compileFile(DESCRIPTION, { body: 'embedded', ...PLACE });
  const isHere = ({ role, az }: Endpoint): boolean => (az === null || az === 'az1') && !['link', 'injector', 'observer'].includes(role);
  const members = region.endpoints.filter(isHere);
  // The controller looks up where the injector would be.
  const described = region.endpoints.filter((endpoint) => isHere(endpoint) || endpoint.role === 'injector');
  writeRegion(local, { ...region, endpoints: described, links: [] });
  const running = members.map(({ name, program, environment }) => start(program ?? '', { ...environment, CONTROLLER_FOLDER: join(folder, 'controller'), AZIMUTH_REGION_FILE: local, AZIMUTH_INSTANCE: name }));
  const [door, customers] = ['front-door', 'customers'].map((role) => members.find((one) => one.role === role));
  await answers(`http://127.0.0.1:${door?.address?.port}/menu`);
  const admin = `http://127.0.0.1:${customers?.admin?.port}`;
  await answers(`${admin}/readyz`);
  await fetch(`${admin}/traffic`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(TRAFFIC) });
  // An image whose programs do not serve is not worth keeping.
  await until('the programs of the image answer orders', async () => ((await (await fetch(`${admin}/summary?windowMs=60000`)).json()) as CustomerSummary).orders.answered >= ORDERS);
  for (const { admin: at } of members) if (at !== null) await (await fetch(`http://127.0.0.1:${at.port}/metrics`)).text();
  const codes = await Promise.all(running.map(end));
  if (codes.some((code) => code !== 0)) throw new Error(`the programs of the image ended with ${codes.join(', ')}`);
}

async function runOnce(file: string, environment: Record<string, string>, expected: number | null, words: string[] = []): Promise<void> {
  const child = start(file, environment, words);
  const code = await Promise.race([once(child, 'exit').then(([ended]) => ended as number | null), sleep(END_LIMIT_MS, 'late' as const, { ref: false })]);
  if (code === 'late') await end(child);
  if (expected !== null && code !== expected) throw new Error(`${file} ended with ${code}`);
}

function start(file: string, environment: Record<string, string>, words: string[] = []): ChildProcess {
  const child = spawn(process.execPath, [file, ...words], { env: { ...process.env, ...environment }, stdio: ['ignore', 'inherit', 'inherit'] });
  children.push(child);
  return child;
}

/** Node writes its cache at a clean exit only. */
async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
  const [code] = (await gone) as [number | null];
  clearTimeout(timer);
  return code;
}

function answers(url: string): Promise<void> {
  return until(`${url} answers`, async () => (await fetch(url, { signal: AbortSignal.timeout(1000) })).status === 200);
}

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + READY_LIMIT_MS;
  while (!(await ask().catch(() => false))) {
    if (performance.now() > endsAtMs) throw new Error(`${what}: not within ${READY_LIMIT_MS / 1000} s`);
    await sleep(100);
  }
}
