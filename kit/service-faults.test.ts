import { fastify } from 'fastify';
import { pino } from 'pino';
import { Client } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { createRandom } from '#policy/random.ts';
import { createAdminServer } from './admin-server.ts';
import { createHealth, serveHealth, type Health } from './health.ts';
import { injectFaults } from './http-faults.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { createMetrics } from './metrics.ts';
import { ServiceFaults } from './service-faults.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';

/** The wall clock is ahead of the monotonic one, as everywhere. */
const WALL_AHEAD_MS = 1_700_000_000_000;
const START_MS = 1000;
const END_MS = WALL_AHEAD_MS + START_MS + 10_000;
const FAIL: ServiceFaultPlan = { fail: { rate: 1, status: 503, afterWork: false, untilMs: END_MS } };
const LAG: ServiceFaultPlan = { lag: { latencyMs: 200, jitterMs: 0, untilMs: END_MS } };

let clock: SteppedClock;
let faults: ServiceFaults;
let health: Health;
let traffic: HttpServer;
let admin: HttpServer;
/** Requests whose work was done. */
let worked: string[];

beforeEach(() => {
  clock = createSteppedClock(START_MS, WALL_AHEAD_MS);
  faults = new ServiceFaults(clock, createRandom(1));
  const log = pino({ level: 'silent' });
  health = createHealth({ id: 'az1-shop-a', bootId: 'b', version: '1' });
  traffic = createHttpServer(log);
  injectFaults(traffic, faults);
  serveHealth(traffic, health, faults);
  worked = [];
  traffic.post('/work', (request, reply) => {
    worked.push(String(request.id));
    reply.code(request.headers['x-fails'] === undefined ? 201 : 504).send({ done: true });
  });
  admin = createAdminServer({ log, metrics: createMetrics('1'), health, ready: () => ({ ready: true, checks: {} }), faults });
});
afterEach(async () => {
  await traffic.close();
});

const tell = (plan: unknown) => admin.inject({ method: 'PUT', url: '/faults', payload: plan as object });
const work = (headers: Record<string, string> = {}) => traffic.inject({ method: 'POST', url: '/work', payload: { a: 1 }, headers: { 'x-request-id': 'r1', ...headers } });
const check = () => traffic.inject('/healthz');

describe('a service that was told to fail', () => {
  it('does so before any work, with an error that says why', async () => {
    await tell(FAIL);
    const answer = await work();
    expect([answer.statusCode, answer.headers['x-azimuth-error'], answer.json().error.code]).toEqual([503, 'AZ_INJECTED_503', 'AZ_INJECTED_503']);
    expect(worked).toEqual([]);
  });

  it('does so after the work, in place of its result', async () => {
    await tell({ fail: { rate: 1, status: 500, afterWork: true, untilMs: END_MS } });
    const answer = await work();
    expect([answer.statusCode, answer.headers['x-azimuth-error'], answer.json().error.code]).toEqual([500, 'AZ_INJECTED_500', 'AZ_INJECTED_500']);
    expect(worked).toEqual(['r1']);
  });

  it('keeps the connection of a body that it did not read', async () => {
    await tell(FAIL);
    const { port } = await traffic.listen({ host: '127.0.0.1', port: 0 }).then(() => traffic.server.address() as { port: number });
    let connections = 0;
    traffic.server.on('connection', () => (connections += 1));
    const client = new Client(`http://127.0.0.1:${port}`);
    for (const body of ['1', '2', '3']) {
      const answer = await client.request({ method: 'POST', path: '/work', body, headers: { 'content-type': 'application/json' } });
      expect([answer.statusCode, await answer.body.text()]).toEqual([503, expect.stringContaining('AZ_INJECTED_503')]);
    }
    await client.close();
    expect(connections).toBe(1);
  });

  it('leaves work that failed by itself as it is', async () => {
    await tell({ fail: { rate: 1, status: 500, afterWork: true, untilMs: END_MS } });
    const answer = await work({ 'x-fails': 'yes' });
    expect([answer.statusCode, answer.json()]).toEqual([504, { done: true }]);
  });

  it('fails the share that it was told to, whatever the seed', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const dice = new ServiceFaults(clock, createRandom(seed));
      dice.replace({ fail: { rate: 0.3, status: 503, afterWork: false, untilMs: END_MS } });
      const app = fastify();
      injectFaults(app, dice);
      app.get('/', () => 'well');
      let failed = 0;
      for (let i = 0; i < 400; i += 1) if ((await app.inject('/')).statusCode === 503) failed += 1;
      expect(Math.abs(failed / 400 - 0.3), `seed ${seed}`).toBeLessThanOrEqual(4 * Math.sqrt(0.21 / 400));
    }
  });

  it('fails its checks on the traffic port as well, and none on the admin port', async () => {
    await tell(FAIL);
    expect((await check()).statusCode).toBe(503);
    expect((await check()).json()).not.toHaveProperty('instanceId');
    expect((await admin.inject('/healthz')).json()).toMatchObject({ status: 'ok' });
  });
});

describe('a slow service', () => {
  it('takes up every request later, and checks too', async () => {
    await tell(LAG);
    const answers = [work(), check()].map((answer) => answer.then(({ statusCode }) => statusCode));
    await vi.waitFor(() => expect(clock.pending).toBe(2));
    clock.step(199);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(worked).toEqual([]);
    clock.step(1);
    expect(await Promise.all(answers)).toEqual([201, 200]);
  });

  it('does not begin what its caller no longer waits for', async () => {
    await tell(LAG);
    const { port } = await traffic.listen({ host: '127.0.0.1', port: 0 }).then(() => traffic.server.address() as { port: number });
    const left = new AbortController();
    const answer = fetch(`http://127.0.0.1:${port}/work`, { method: 'POST', signal: left.signal, body: '{}', headers: { 'content-type': 'application/json' } });
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    left.abort();
    await expect(answer).rejects.toThrow('aborted');
    await vi.waitFor(async () => expect(await connections()).toBe(0));
    clock.step(200);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(worked).toEqual([]);
  });

  const connections = (): Promise<number> => new Promise((resolve, reject) => traffic.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
});

describe('health that lies', () => {
  it('says that it is well, at once, while every request fails late', async () => {
    await tell({ ...FAIL, ...LAG, lie: { health: 'well', untilMs: END_MS } });
    health.drain();
    const answer = await check();
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ status: 'ok', instanceId: 'az1-shop-a' })]);
  });

  it('says that it is ill, while every request is served', async () => {
    await tell({ lie: { health: 'ill', untilMs: END_MS } });
    const answer = await check();
    expect([answer.statusCode, answer.json()]).toEqual([503, expect.objectContaining({ status: 'ill', instanceId: 'az1-shop-a' })]);
    expect((await work()).statusCode).toBe(201);
    expect((await admin.inject('/healthz')).json()).toMatchObject({ status: 'ok' });
  });
});

describe('a plan', () => {
  it('ends by itself at the time of the wall clock that it says', async () => {
    await tell(FAIL);
    clock.step(9999);
    expect((await work()).statusCode).toBe(503);
    clock.step(1);
    expect((await work()).statusCode).toBe(201);
    expect((await admin.inject('/faults')).json()).toEqual({});
  });

  it('replaces all of the one before, and is told what that was', async () => {
    expect((await tell({ ...FAIL, ...LAG })).json()).toEqual({ replaced: {} });
    expect((await admin.inject('/faults')).json()).toEqual({ ...FAIL, ...LAG });
    expect((await tell(LAG)).json()).toEqual({ replaced: { ...FAIL, ...LAG } });
    expect((await tell(LAG)).json()).toEqual({ replaced: LAG });
    expect((await tell({ lag: null })).json()).toEqual({ replaced: LAG });
    expect((await work()).statusCode).toBe(201);
  });

  it.each<[what: string, plan: unknown]>([
    ['a rate of nothing', { fail: { ...FAIL.fail, rate: 0 } }],
    ['a rate above one', { fail: { ...FAIL.fail, rate: 1.1 } }],
    ['a status that is no error of a server', { fail: { ...FAIL.fail, status: 404 } }],
    ['a fault without an end', { lag: { latencyMs: 5, jitterMs: 0 } }],
    ['a health that is neither', { lie: { health: 'so-so', untilMs: END_MS } }],
    ['a part that there is not', { sulk: { untilMs: END_MS } }],
  ])('with %s is refused, and the one before holds', async (_what, plan) => {
    await tell(FAIL);
    expect((await tell(plan)).statusCode).toBe(400);
    expect((await work()).statusCode).toBe(503);
  });
});
