import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AzimuthError } from '#contracts/errors.ts';
import type { TargetState } from '#contracts/events.ts';
import type { Endpoint } from '#contracts/region.ts';
import { createMetrics } from '#kit/metrics.ts';
import { ServiceFaults } from '#kit/service-faults.ts';
import { createSteppedClock, type SteppedClock } from '#kit/stepped-clock.ts';
import { createRandom } from '#policy/random.ts';
import { createStorefront, type KitchenClient, type Storefront } from './app.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

type Call = Parameters<KitchenClient['request']>[0];
type Answer = Awaited<ReturnType<KitchenClient['request']>>;

const endpoint: Endpoint = {
  name: 'az1-storefront-a',
  role: 'service',
  az: 'az1',
  dc: 'az1-dc1',
  service: 'storefront',
  scope: 'zonal',
  address: { host: '127.0.0.1', port: 1 },
  admin: { host: '127.0.0.1', port: 2 },
  program: 'services/storefront/main.ts',
  networks: [],
  environment: {},
};

const BAKED = JSON.stringify({ order: 'k1', pizza: 'funghi', kitchen: 'az1-kitchen-a', bakeMs: 80 });
const baked = (retriedFrom: string | null = null): Answer => ({
  status: 201,
  headers: { 'content-type': 'application/json; charset=utf-8', 'server-timing': 'oven;dur=80', 'x-az': 'az3', 'x-served-by': 'az3-kitchen-a', connection: 'keep-alive' },
  body: Buffer.from(BAKED),
  retriedFrom,
});

let calls: Call[];
let answer: (call: Call) => Promise<Answer>;
let state: TargetState;
let storefront: Storefront;
let clock: SteppedClock;

beforeEach(() => {
  clock = createSteppedClock(1000);
  calls = [];
  answer = () => Promise.resolve(baked());
  state = 'up';
  const kitchen: KitchenClient = {
    request: (call) => {
      calls.push(call);
      return answer(call);
    },
    firstAttempts: () => ({ az1: { sent: 7, failed: 1 } }),
    opinion: () => ({
      upstream: 'kitchen',
      failOpen: false,
      spill: 0,
      shiftedZones: [],
      targets: [{ target: 'az1-kitchen-a', zone: 'az1', state, reason: 'probe-ok', sinceMs: 0, inFlight: 0, ewmaMs: 80, weight: 1 }],
    }),
    events: (after) => ({ events: [], nextSeq: after, dropped: false }),
    counters: () => ({ requests: 0, failed: 0, attempts: 0, rescues: 0, retries: 0 }),
    shift: () => {},
    cancelShift: () => {},
    setRescue: () => {},
  };
  storefront = createStorefront({
    instance: { id: endpoint.name, bootId: 'boot', version: '1', endpoint, region: { schema: 'azimuth.region/1', region: 'r', body: 'embedded', endpoints: [endpoint], links: [] }, regionFile: '' },
    log: pino({ level: 'silent' }),
    metrics: createMetrics('1'),
    kitchen,
    faults: new ServiceFaults(clock, createRandom(1)),
  });
});
afterEach(async () => {
  await storefront.traffic.close();
});

const order = (headers: Record<string, string> = {}, payload: unknown = { pizza: 'funghi' }) =>
  storefront.traffic.inject({ method: 'POST', url: '/orders', headers: { 'idempotency-key': 'k1', ...headers }, payload: payload as object });

test('the menu names what can be ordered', async () => {
  const response = await storefront.traffic.inject('/menu');
  expect(response.statusCode).toBe(200);
  expect(response.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-az': 'az1', 'x-served-by': 'az1-storefront-a' });
  const { pizzas } = response.json();
  for (const { id } of pizzas) expect((await order({}, { pizza: id })).statusCode).toBe(201);
});

test('an order goes to a kitchen with its key, what is left of its time, and its trace; it may be sent again, and not to where it has failed', async () => {
  await order({ 'x-request-id': 'r1', 'x-deadline-ms': '640', traceparent: '00-a-b-01', 'x-criticality': 'critical', 'x-attempt': '2', 'x-avoid-az': 'az2', cookie: 'a=b' });
  expect(calls).toMatchObject([
    { method: 'POST', path: '/orders', replayable: true, budgetMs: 640, avoidZone: 'az2', requestId: 'r1', headers: { 'content-type': 'application/json', 'idempotency-key': 'k1', traceparent: '00-a-b-01', 'x-criticality': 'critical' } },
  ]);
  expect(JSON.parse(String(calls[0]?.body))).toEqual({ pizza: 'funghi' });
  expect(Object.keys(calls[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']));
  expect(Object.keys(calls[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-attempt']));
});

test('an order without a deadline has none in the kitchen, one without an id gets one', async () => {
  const response = await order();
  expect(calls[0]?.budgetMs).toBeNull();
  expect(calls[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers['x-request-id']).toBe(calls[0]?.requestId);
});

test("the customer gets the kitchen's answer and oven time, under the storefront's own AZ and name", async () => {
  const response = await order();
  expect(response.statusCode).toBe(201);
  expect(response.body).toBe(BAKED);
  expect(response.headers).toMatchObject({ 'server-timing': 'oven;dur=80', 'x-az': 'az1', 'x-served-by': 'az1-storefront-a' });
  expect(response.headers['x-retried']).toBeUndefined();
});

test('an order that had to be sent again says which AZ failed', async () => {
  answer = () => Promise.resolve(baked('az1'));
  expect((await order()).headers['x-retried']).toBe('az1');
});

test("a kitchen's refusal is passed on with its code", async () => {
  answer = () =>
    Promise.resolve({ status: 503, headers: { 'content-type': 'application/json', 'x-azimuth-error': 'AZ_OVENS_FULL' }, body: Buffer.from('{"error":{"code":"AZ_OVENS_FULL","message":"x"}}'), retriedFrom: null });
  const response = await order();
  expect([response.statusCode, response.headers['x-azimuth-error'], response.json().error.code]).toEqual([503, 'AZ_OVENS_FULL', 'AZ_OVENS_FULL']);
});

test.each(['AZ_NO_TARGET', 'AZ_RETRY_FAILED', 'AZ_DEADLINE'] as const)('when no kitchen answers, the reason is that of the balanced client: %s', async (code) => {
  answer = () => Promise.reject(new AzimuthError(code));
  const response = await order();
  expect([response.statusCode, response.headers['x-azimuth-error']]).toEqual([new AzimuthError(code).statusCode, code]);
});

test('a re-send that failed too says so, so that nobody above sends the order a third time', async () => {
  answer = () => Promise.reject(new AzimuthError('AZ_RETRY_FAILED', undefined, 'az1'));
  const response = await order();
  expect([response.statusCode, response.headers['x-retried']]).toEqual([502, 'az1']);
});

test('an order that no kitchen should see is refused before one is asked', async () => {
  expect((await order({}, { pizza: 'hawaii' })).statusCode).toBe(400);
  expect((await order({}, { pizza: 'funghi', price: 0 })).statusCode).toBe(400);
  expect((await order({ 'idempotency-key': '' })).statusCode).toBe(400);
  expect((await order({ 'x-deadline-ms': '-5' })).statusCode).toBe(400);
  expect((await order({}, { pizza: 'funghi', note: 'x'.repeat(70_000) })).statusCode).toBe(413);
  expect(calls).toEqual([]);
});

test('a customer who leaves takes the order in the kitchen along; one who is answered does not', async () => {
  const { port } = await storefront.traffic.listen({ host: '127.0.0.1', port: 0 }).then(() => storefront.traffic.server.address() as { port: number });
  const send = (body: string) => {
    const call = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/orders', headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' }, agent: false });
    call.end(body);
    return call;
  };
  const [served] = await once(send('{"pizza":"funghi"}'), 'response');
  await once(served.resume(), 'end');
  answer = (call) => new Promise((_resolve, reject) => call.signal?.addEventListener('abort', () => reject(new AzimuthError('AZ_DEADLINE'))));
  const leaving = send('{"pizza":"diavola"}');
  leaving.on('error', () => {});
  await vi.waitFor(() => expect(calls).toHaveLength(2), SOON);
  // The body has long been read: only the closed connection may abort.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(calls[1]?.signal?.aborted).toBe(false);
  leaving.destroy();
  await vi.waitFor(() => expect(calls[1]?.signal?.aborted).toBe(true), SOON);
  expect(calls[0]?.signal?.aborted).toBe(false);
});

test('health carries the first attempts per zone; readiness needs a usable kitchen, health does not', async () => {
  expect((await storefront.traffic.inject('/healthz')).json()).toMatchObject({ status: 'ok', load: null, firstAttempts: { az1: { sent: 7, failed: 1 } } });
  expect((await storefront.admin.inject('/readyz')).statusCode).toBe(200);
  state = 'down';
  expect((await storefront.admin.inject('/readyz')).json()).toEqual({ ready: false, checks: { kitchens: { ok: false, detail: '0 of 1 usable' } } });
  expect((await storefront.traffic.inject('/healthz')).statusCode).toBe(200);
});

test('the admin address tells what the balanced client thinks', async () => {
  expect((await storefront.admin.inject('/targets')).json()).toMatchObject({ upstreams: [{ upstream: 'kitchen' }] });
});
