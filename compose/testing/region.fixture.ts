/**
 * The tests' region: one for all files, because a start costs half a minute. Whoever needs it up says so and gets it
 * healthy, whatever an earlier test left.
 */
import { TRAFFIC_RAMP_MS, type HealAnswer } from '#contracts/faults.ts';
import type { ComponentStatus, RegionStatus } from '#contracts/region-status.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import { run, type Outcome } from './command.fixture.ts';
import { compose, containers, docker, environment, tryCompose } from './containers.fixture.ts';
import { API, CHECKOUT, REGION } from './place.fixture.ts';
import { waitUntil } from './wait-until.fixture.ts';

const UP_LIMIT_MS = 120_000;
const SERVES_LIMIT_MS = 30_000;
const HEALED_LIMIT_MS = 60_000;
const API_LIMIT_MS = 60_000;
const VERB_LIMIT_MS = 90_000;
export const REST_RATE = 30;

/** What is started: everything without a profile, but Grafana only where the engine has its image. */
export async function services(): Promise<string[]> {
  startable ??= await startableServices();
  return startable.names;
}

export interface LeftOut {
  /** One line. */
  why: string;
  /** What it could use at most if it ran. */
  memoryLimitBytes: number;
}

/** Null where Grafana is started. */
export async function grafanaLeftOut(): Promise<LeftOut | null> {
  startable ??= await startableServices();
  return startable.leftOut;
}

interface Startable {
  names: string[];
  leftOut: LeftOut | null;
}

let startable: Startable | null = null;

async function startableServices(): Promise<Startable> {
  const config = JSON.parse((await compose(['config', '--format', 'json'])).stdout) as { services: Record<string, { image: string; mem_limit: string }> };
  const { grafana, ...others } = config.services;
  if (grafana === undefined) throw new Error('docker-compose.yml has no service "grafana"');
  const image = await run(['docker', 'image', 'inspect', '--format', '{{.Id}}', grafana.image], { cwd: CHECKOUT, env: environment(), limitMs: 20_000 });
  if (image.code === 0) return { names: Object.keys(config.services), leftOut: null };
  const why = `Grafana is left out: the engine has no image ${grafana.image}; everything else is tested.`;
  return { names: Object.keys(others), leftOut: { why, memoryLimitBytes: Number(grafana.mem_limit) } };
}

/** `docker compose up -d --wait`, as typed. */
export async function up(): Promise<Outcome> {
  return compose(['up', '-d', '--wait', ...(await services())], UP_LIMIT_MS);
}

/** Up, healed, serving, with traffic at rest. */
export async function regionIsUp(): Promise<RegionStatus> {
  if (!(await isUpOutsideZones())) {
    // Compose starts nothing that is paused, and an injector that is gone thaws nobody.
    await thawByHand();
    await up();
  }
  await waitUntil('everything is healed', HEALED_LIMIT_MS, async () => (await heal()).remains.length === 0);
  await traffic(REST_RATE);
  return serves();
}

/** `docker unpause $(docker compose ps -q --status paused)`: `docker compose unpause` gives up at the first one that is not paused. */
export async function thawByHand(): Promise<void> {
  const paused = (await compose(['ps', '--quiet', '--status', 'paused'])).stdout.split('\n').filter((id) => id !== '');
  if (paused.length > 0) await docker(['unpause', ...paused]);
}

/** All but what heal brings back. */
async function isUpOutsideZones(): Promise<boolean> {
  const all = await containers();
  return (await services()).every((service) => {
    const found = all.get(service);
    if (found === undefined) return false;
    const { 'azimuth.az': az, 'azimuth.role': role } = found.Config.Labels;
    return az !== undefined || role === 'region' || found.State.Running;
  });
}

/** Everything runs, no fault is left, and orders are answered. */
export async function serves(limitMs = SERVES_LIMIT_MS): Promise<RegionStatus> {
  const { answer } = await waitUntil('the region serves', limitMs, async () => {
    const now = await status();
    const stray = now.components.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`);
    if (stray.length > 0 || now.faults.length > 0) throw new Error([...stray, ...now.faults.map(({ verb, target }) => `${verb} ${target}`)].join(', '));
    if (now.customers === null) throw new Error('customers do not answer the injector');
    if (now.customers.orders.answered === 0) throw new Error(`no order was answered of ${now.customers.orders.offered}`);
    return now;
  });
  return answer;
}

/** Every AZ takes orders: what was away is back in rotation. @returns how long it took */
export async function everyAzTakesOrders(limitMs: number): Promise<number> {
  const { tookMs } = await waitUntil('every AZ takes orders', limitMs, async () => {
    const { shareByAz } = await summary(2000);
    const without = ['az1', 'az2', 'az3'].filter((az) => (shareByAz[az] ?? 0) < 0.05);
    if (without.length > 0) throw new Error(`${without.join(', ')} takes none`);
    return true;
  });
  return tookMs;
}

/** The project is gone, whatever was in it. */
export async function clear(): Promise<void> {
  await tryCompose(['--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '5']);
}

/** One call of the injector's API. @throws Error with what it answered when that is no success */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(new URL(path, API), {
    method,
    signal: AbortSignal.timeout(API_LIMIT_MS),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

export function status(): Promise<RegionStatus> {
  return api('GET', '/v1/status');
}

export function summary(windowMs: number): Promise<CustomerSummary> {
  return api('GET', `/v1/customers/summary?windowMs=${windowMs}`);
}

/** Reached as a person's is, not in a step. */
export async function traffic(ratePerSecond: number): Promise<void> {
  await api('PUT', '/v1/traffic', { ratePerSecond, overMs: ratePerSecond > REST_RATE ? TRAFFIC_RAMP_MS : 0 });
}

/** @throws Error that names what could not be healed */
export async function heal(target?: string): Promise<HealAnswer> {
  const answer = await api<HealAnswer>('POST', '/v1/heal', target === undefined ? {} : { target });
  if (answer.remains.length > 0) throw new Error(`not healed: ${answer.remains.map(({ name, reason }) => `${name} ${reason}`).join('; ')}`);
  return answer;
}

/** States of the AZ's components, links included, by name. */
export async function statesOf(az: string): Promise<Record<string, ComponentStatus['state']>> {
  const { components } = await status();
  return Object.fromEntries(components.filter((component) => component.az === az).map(({ name, state }) => [name, state]));
}

/** `./azimuth …` on the host, on the tests' region. */
export function azimuth(words: readonly string[], limitMs = VERB_LIMIT_MS): Promise<Outcome> {
  return run([`${CHECKOUT}/azimuth`, ...words, '--region', REGION], { cwd: CHECKOUT, env: environment(), limitMs });
}

/** `docker compose run --rm chaos …`, for a machine without Node. */
export function chaosContainer(words: readonly string[], limitMs = VERB_LIMIT_MS): Promise<Outcome> {
  return tryCompose(['run', '--rm', 'chaos', ...words], limitMs);
}

/** Containers that the engine still has of the project, `docker compose run` included. */
export async function leftovers(): Promise<string[]> {
  const filter = ['--filter', `label=com.docker.compose.project=${REGION}`];
  const [boxes, networks, volumes] = await Promise.all([
    docker(['ps', '--all', ...filter, '--format', 'container {{.Names}}']),
    docker(['network', 'ls', ...filter, '--format', 'network {{.Name}}']),
    docker(['volume', 'ls', ...filter, '--format', 'volume {{.Name}}']),
  ]);
  return [boxes, networks, volumes].flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line !== '');
}
