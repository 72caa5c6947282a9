import { once } from 'node:events';
import { request } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Endpoint } from '#contracts/region.ts';
import { readConfig } from '#kit/config.ts';
import { createMetrics } from '#kit/metrics.ts';
import { ServiceFaults } from '#kit/service-faults.ts';
import { createSteppedClock, type SteppedClock } from '#kit/stepped-clock.ts';
import { createRandom } from '#policy/random.ts';
import { createKitchen, type Kitchen } from './app.ts';
import { KitchenConfigSchema } from './config.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

const endpoint: Endpoint = {
  name: 'az2-kitchen-b',
  role: 'service',
  az: 'az2',
  dc: 'az2-dc2',
  service: 'kitchen',
  scope: 'zonal',
  address: { host: '127.0.0.1', port: 1 },
  admin: { host: '127.0.0.1', port: 2 },
  program: 'services/kitchen/main.ts',
  networks: [],
  environment: {},
};

let clock: SteppedClock;
let kitchen: Kitchen;

const build = (environment: Record<string, string> = {}): Kitchen =>
  createKitchen({
    config: readConfig(KitchenConfigSchema, { KITCHEN_BAKE_CV: '0', KITCHEN_OVENS: '1', ...environment }),
    instance: { id: endpoint.name, bootId: 'boot', version: '1', endpoint, region: { schema: 'azimuth.region/1', region: 'r', body: 'embedded', endpoints: [endpoint], links: [] }, regionFile: '' },
    log: pino({ level: 'silent' }),
    metrics: createMetrics('1'),
    clock,
    faults: new ServiceFaults(clock, createRandom(1)),
  });

beforeEach(() => {
  clock = createSteppedClock(1000);
  kitchen = build();
});
afterEach(async () => {
  await kitchen.traffic.close();
});

const order = (key: string, headers: Record<string, string> = {}) =>
  kitchen.traffic.inject({ method: 'POST', url: '/orders', payload: { pizza: 'funghi' }, headers: { 'idempotency-key': key, ...headers } });

const load = async () => (await kitchen.traffic.inject('/healthz')).json().load;

/** Sends an order and waits until the kitchen has it. */
async function sent(key: string, headers: Record<string, string> = {}) {
  const { busy, waiting } = await load();
  const answer = order(key, headers).then((response) => response);
  await vi.waitFor(async () => expect(await load()).not.toMatchObject({ busy, waiting }), SOON);
  return { answer };
}

test('an order is baked, and the answer says by whom and how long', async () => {
  const { answer } = await sent('k1');
  clock.step(79);
  expect((await load()).busy).toBe(1);
  clock.step(1);
  const response = await answer;
  expect(response.statusCode).toBe(201);
  expect(response.json()).toEqual({ order: 'k1', pizza: 'funghi', kitchen: 'az2-kitchen-b', bakeMs: 80 });
  expect(response.headers).toMatchObject({ 'server-timing': 'oven;dur=80;desc="az2"', 'x-az': 'az2', 'x-served-by': 'az2-kitchen-b' });
  expect(await load()).toEqual({ busy: 0, waiting: 0, limit: 1 });
});

test('the oven time is that of the recipe, though a frozen process answers later', async () => {
  const { answer } = await sent('k1');
  clock.step(5000);
  expect((await answer).headers['server-timing']).toBe('oven;dur=80;desc="az2"');
});

test('the same key again joins the running bake, and later gets the first result', async () => {
  const answers = [order('k1').then((response) => response), order('k1').then((response) => response)];
  await vi.waitFor(async () => expect((await load()).busy).toBe(1), SOON);
  await new Promise((resolve) => setTimeout(resolve, 20));
  clock.step(80);
  for (const response of await Promise.all(answers)) expect(response.statusCode).toBe(201);
  expect((await order('k1')).json().bakeMs).toBe(80);
  expect((await kitchen.admin.inject('/baked')).json()).toEqual({ keys: ['k1'], nextSeq: 1, dropped: false });
  expect((await kitchen.admin.inject('/metrics')).body).toMatch(/azimuth_kitchen_orders_baked_total 1\n/);
});

test('an order whose deadline passes in the queue is answered AZ_DEADLINE, counted and not baked', async () => {
  const baking = await sent('k1');
  const waiting = await sent('k2');
  // Estimated wait 160 ms, so it is let in; but the second bake ends just then.
  const late = await sent('k3', { 'x-deadline-ms': '160' });
  clock.step(160);
  expect((await baking.answer).statusCode).toBe(201);
  expect((await waiting.answer).statusCode).toBe(201);
  const dropped = await late.answer;
  expect([dropped.statusCode, dropped.json().error.code]).toEqual([504, 'AZ_DEADLINE']);
  expect((await kitchen.admin.inject('/metrics')).body).toMatch(/azimuth_kitchen_orders_expired_total 1\n/);
  expect((await kitchen.admin.inject('/baked')).json().keys).toEqual(['k1', 'k2']);
});

test('an order that would wait longer than its deadline is turned away at once', async () => {
  const { answer } = await sent('k1');
  const refused = await order('k2', { 'x-deadline-ms': '79' });
  expect([refused.statusCode, refused.headers['x-azimuth-error']]).toEqual([503, 'AZ_OVENS_FULL']);
  clock.step(80);
  expect((await answer).statusCode).toBe(201);
});

test('the number of ovens changes while the kitchen works', async () => {
  const answers = ['k1', 'k2', 'k3'].map((key) => order(key).then((response) => response));
  await vi.waitFor(async () => expect(await load()).toEqual({ busy: 1, waiting: 2, limit: 1 }), SOON);
  expect((await kitchen.admin.inject({ method: 'PUT', url: '/ovens', payload: { ovens: 3 } })).statusCode).toBe(204);
  expect(await load()).toEqual({ busy: 3, waiting: 0, limit: 3 });
  clock.step(80);
  for (const response of await Promise.all(answers)) expect(response.statusCode).toBe(201);
  expect((await kitchen.admin.inject({ method: 'PUT', url: '/ovens', payload: { ovens: 0 } })).statusCode).toBe(400);
});

test('an order whose client disconnects before an oven is free is not baked', async () => {
  const { port } = await kitchen.traffic.listen({ host: '127.0.0.1', port: 0 }).then(() => kitchen.traffic.server.address() as { port: number });
  const send = (key: string) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const call = request({ host: '127.0.0.1', port, method: 'POST', path: '/orders', headers, agent: false });
    call.end(JSON.stringify({ pizza: 'funghi' }));
    return call;
  };
  const first = once(send('k1'), 'response');
  await vi.waitFor(async () => expect((await load()).busy).toBe(1), SOON);
  const second = send('k2');
  const broken = once(second, 'error');
  await vi.waitFor(async () => expect((await load()).waiting).toBe(1), SOON);
  second.destroy(new Error('left'));
  await broken.catch(() => {});
  await vi.waitFor(async () => expect((await load()).waiting).toBe(0), SOON);
  clock.step(80);
  expect((await first)[0].resume().statusCode).toBe(201);
  expect(clock.pending).toBe(0);
  expect((await kitchen.admin.inject('/baked')).json().keys).toEqual(['k1']);
});

test.each([
  ['without a key', { payload: { pizza: 'funghi' }, headers: {} }],
  ['with an empty key', { payload: { pizza: 'funghi' }, headers: { 'idempotency-key': '' } }],
  ['with a deadline that is no number', { payload: { pizza: 'funghi' }, headers: { 'idempotency-key': 'k', 'x-deadline-ms': 'soon' } }],
  ['for what is not on the menu', { payload: { pizza: 'hawaii' }, headers: { 'idempotency-key': 'k' } }],
])('an order %s is refused', async (_what, request) => {
  const response = await kitchen.traffic.inject({ method: 'POST', url: '/orders', ...request });
  expect([response.statusCode, response.json().error.code]).toEqual([400, 'AZ_BAD_REQUEST']);
});

test('the same seed bakes the same times, another seed others', async () => {
  const times = async (seed: string): Promise<number[]> => {
    kitchen = build({ KITCHEN_BAKE_CV: '0.5', KITCHEN_SEED: seed });
    const baked: number[] = [];
    for (const key of ['a', 'b', 'c']) {
      const { answer } = await sent(key);
      clock.step(5000);
      baked.push((await answer).json().bakeMs);
    }
    return baked;
  };
  const first = await times('1');
  expect(await times('1')).toEqual(first);
  expect(await times('2')).not.toEqual(first);
});
