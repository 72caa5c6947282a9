import { Agent, request, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { ServiceFaults } from '#kit/service-faults.ts';
import { createSteppedClock, type SteppedClock } from '#kit/stepped-clock.ts';
import { createRandom } from '#policy/random.ts';
import { openBalancer, openTarget, readBody, type Bench } from './balancer.fixture.ts';

const END_MS = 60_000;
const FAIL: ServiceFaultPlan = { fail: { rate: 1, status: 503, afterWork: false, untilMs: END_MS } };

let clock: SteppedClock;
let faults: ServiceFaults;
let target: { port: number; server: Server };
let bench: Bench;
let agent: Agent;
/** Bodies that reached the target. */
let worked: string[];

beforeEach(async () => {
  clock = createSteppedClock(1000);
  faults = new ServiceFaults(clock, createRandom(1));
  worked = [];
  target = await openTarget((incoming, response) => {
    void readBody(incoming).then((body) => {
      worked.push(body);
      response.end('done');
    });
  });
  bench = await openBalancer([target.port], { faults, healthPath: '/healthz' });
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await bench.close();
  target.server.closeAllConnections();
  target.server.close();
});

interface Answer {
  status: number | undefined;
  error: unknown;
  text: string;
  /** Local port of the connection that it came over. */
  over: number | undefined;
}

async function send(path: string, body?: string): Promise<Answer> {
  let over: number | undefined;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ port: bench.port, host: '127.0.0.1', method: body === undefined ? 'GET' : 'POST', path, agent }, resolve);
    sent.on('error', reject).on('socket', (socket) => (over = socket.localPort)).end(body);
  });
  return { status: answer.statusCode, error: answer.headers['x-azimuth-error'], text: await readBody(answer), over };
}

test('what it was told to fail never reaches a target, and the connection lives on', async () => {
  const before = await send('/orders', 'one');
  faults.replace(FAIL);
  expect(await send('/orders', 'two')).toMatchObject({ status: 503, error: 'AZ_INJECTED_503', over: before.over });
  expect(await send('/menu')).toMatchObject({ status: 503, over: before.over });
  faults.replace({});
  expect(await send('/orders', 'three')).toMatchObject({ status: 200, text: 'done', over: before.over });
  expect(worked).toEqual(['one', 'three']);
});

test('what it was told to fail after the work is done and thrown away', async () => {
  faults.replace({ fail: { rate: 1, status: 500, afterWork: true, untilMs: END_MS } });
  const first = await send('/orders', 'one');
  expect(first).toMatchObject({ status: 500, error: 'AZ_INJECTED_500' });
  expect(first.text).toContain('AZ_INJECTED_500');
  expect(await send('/orders', 'two')).toMatchObject({ status: 500, over: first.over });
  expect(worked).toEqual(['one', 'two']);
});

test('a slow one sends what it gets on later, and answers checks of itself later', async () => {
  faults.replace({ lag: { latencyMs: 200, jitterMs: 0, untilMs: END_MS } });
  const order = send('/orders', 'one');
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  expect(worked).toEqual([]);
  clock.step(200);
  expect(await order).toMatchObject({ status: 200, text: 'done' });
  const check = send('/healthz');
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  clock.step(200);
  expect(JSON.parse((await check).text)).toMatchObject({ status: 'ok' });
});

test('a customer who leaves while it waits is sent nowhere', async () => {
  faults.replace({ lag: { latencyMs: 200, jitterMs: 0, untilMs: END_MS } });
  const sent = request({ port: bench.port, host: '127.0.0.1', method: 'POST', path: '/orders', agent });
  sent.on('error', () => undefined).end('one');
  await vi.waitFor(() => expect(clock.pending).toBe(1));
  sent.destroy();
  await vi.waitFor(async () => expect(await new Promise((resolve) => bench.balancer.server.getConnections((_error, count) => resolve(count)))).toBe(0));
  clock.step(200);
  faults.replace({});
  // A later one arrives, so the earlier one would have, too.
  await send('/orders', 'two');
  expect(worked).toEqual(['two']);
});

test('its health is struck with its requests, unless it lies', async () => {
  faults.replace(FAIL);
  expect(await send('/healthz')).toMatchObject({ status: 503, error: 'AZ_INJECTED_503' });
  faults.replace({ ...FAIL, lie: { health: 'well', untilMs: END_MS } });
  expect(JSON.parse((await send('/healthz')).text)).toMatchObject({ status: 'ok', instanceId: 'lb' });
  faults.replace({ lie: { health: 'ill', untilMs: END_MS } });
  const ill = await send('/healthz');
  expect([ill.status, JSON.parse(ill.text).status]).toEqual([503, 'ill']);
  expect(await send('/orders', 'one')).toMatchObject({ status: 200 });
});
