// What a process that was late itself does with timeouts: the blocks stand for the processor that it did not get.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ProbeResult } from '#policy/messages.ts';
import { createBalancedClient } from '../balanced-client.ts';
import { startTimeout } from './late-timeout.ts';
import { Probe } from './probe.ts';
import { TargetConnections } from './target-connections.ts';

const HEALTH = JSON.stringify({ status: 'ok', instanceId: 'a', bootId: 'b', version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null });
const OK = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${HEALTH.length}\r\n\r\n${HEALTH}`;
/** Longer than every timeout here, by more than the lag from which on a round of checks is discarded. */
const BLOCK_MS = 400;

let server: Server;
afterEach(() => void server.close());

function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
}

async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('what was waiting when a late timeout came due cancels it', async () => {
  let timedOut = false;
  let cancel = (): void => {};
  const url = await listen(() => cancel());
  const pool = new TargetConnections(url);
  cancel = startTimeout(50, () => (timedOut = true));
  pool.acquire().client.dispatch({ method: 'GET', path: '/' }, { onRequestStart: () => {}, onResponseStart: () => {}, onResponseData: () => {}, onResponseEnd: () => {}, onResponseError: () => {} });
  block();
  await new Promise((next) => setTimeout(next, 100));
  pool.destroyAll();
  expect(timedOut).toBe(false);
});

test('a timeout that nothing cancels comes, and tells how late it is', async () => {
  server = createServer();
  const lateMs = await new Promise<number>((resolve) => {
    startTimeout(50, resolve);
    block();
  });
  expect(lateMs).toBeGreaterThanOrEqual(BLOCK_MS - 60);
});

test('a connection that came about while this process was late is used', async () => {
  const url = await listen((socket) => socket.on('data', () => socket.write(OK)));
  const pool = new TargetConnections(url);
  // After this phase of the event loop come timers, and then only the poll.
  await new Promise(setImmediate);
  const status = new Promise<number>((resolve, reject) => {
    let seen = 0;
    pool.acquire().client.dispatch({ method: 'GET', path: '/' }, {
      onRequestStart: () => {},
      onResponseStart: (_controller, code) => void (seen = code),
      onResponseData: () => {},
      onResponseEnd: () => resolve(seen),
      onResponseError: (_controller, error) => reject(error),
    });
  });
  // Node begins to connect some ticks later, in the same phase.
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((next) => process.nextTick(next));
  block();
  expect(await status).toBe(200);
  pool.destroyAll();
});

test('a check whose answer came while this process was late has passed', async () => {
  const url = await listen((socket) => socket.on('data', () => {
    socket.write(OK);
    block();
  }));
  const pool = new TargetConnections(url);
  const result = await new Promise<ProbeResult>((resolve) => new Probe(pool, '/healthz', 250, true, resolve).start());
  expect(result).toMatchObject({ ok: true });
  pool.destroyAll();
});

test('a check that a late process could not even send proves nothing, when nothing else was due that would have shown the lag', async () => {
  const heard: string[] = [];
  let connections = 0;
  const url = await listen((socket) => {
    connections += 1;
    if (connections > 1 && connections <= 4) block();
    socket.on('data', () => socket.write(OK));
  });
  const client = createBalancedClient({
    upstream: 'kitchen', ownZone: null, targets: [{ id: 'a', zone: null, url }], healthPath: '/healthz', checkInstance: true, rescue: true, balancer: 'shop',
    parameters: { freshEvery: 1 }, onEvent: ({ type }) => heard.push(type),
  });
  await expect.poll(() => connections, { timeout: 10_000 }).toBeGreaterThan(5);
  await client.close();
  expect(heard).toContain('lag.discarded');
  expect(heard.filter((type) => type.startsWith('target.'))).toEqual([]);
});
