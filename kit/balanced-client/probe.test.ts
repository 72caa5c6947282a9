import { createServer, type Server } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ProbeResult } from '#policy/messages.ts';
import { Probe, readHealthAnswer } from './probe.ts';
import { TargetConnections } from './target-connections.ts';

let server: Server;
let pool: TargetConnections;
afterEach(() => {
  pool.destroyAll();
  server.close();
});

/** @param answer what the n-th request on the n-th connection gets; null for nothing */
async function target(answer: (connection: number, request: number) => string | null): Promise<void> {
  let connections = 0;
  server = createServer((socket: Socket) => {
    connections += 1;
    const connection = connections;
    let requests = 0;
    socket.on('error', () => {});
    socket.on('data', () => {
      const text = answer(connection, (requests += 1));
      if (text === '') socket.resetAndDestroy();
      else if (text !== null) socket.write(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pool = new TargetConnections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function probe(fresh: boolean, timeoutMs = 200): Promise<ProbeResult> {
  return new Promise((resolve) => new Probe(pool, '/healthz', timeoutMs, fresh, resolve).start());
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

test('a 2xx is well, anything else is a bad status', async () => {
  await target((_connection, request) => (request === 1 ? OK : OK.replace('200', '503')));
  expect(await probe(false)).toMatchObject({ ok: true, answer: null });
  expect(await probe(false)).toMatchObject({ ok: false, failure: 'status' });
});

test('no answer in time is a timeout', async () => {
  await target(() => null);
  const result = await probe(false, 80);
  expect(result).toMatchObject({ ok: false, failure: 'timeout' });
  expect(result.rttMs).toBeGreaterThanOrEqual(79);
});

test('nobody there is refused at once', async () => {
  await target(() => OK);
  await new Promise((resolve) => server.close(resolve));
  const result = await probe(false);
  expect(result).toMatchObject({ ok: false, failure: 'refused' });
  expect(result.rttMs).toBeLessThan(100);
});

test('a reused connection that closes under the check is asked again on a new one', async () => {
  await target((connection, request) => (connection === 1 && request === 2 ? '' : OK));
  expect(await probe(false)).toMatchObject({ ok: true });
  expect(await probe(false)).toMatchObject({ ok: true });
});

test('a new connection that breaks is a failure', async () => {
  await target(() => '');
  expect(await probe(true)).toMatchObject({ ok: false, failure: 'refused' });
});

test('a fresh check opens a connection of its own', async () => {
  const seen: number[] = [];
  await target((connection) => {
    seen.push(connection);
    return OK;
  });
  await probe(false);
  await probe(true);
  expect(seen).toEqual([1, 2]);
});

test('connections of fresh checks do not pile up: one is kept, for work that comes', async () => {
  await target(() => OK);
  for (let check = 0; check < 10; check++) expect(await probe(true)).toMatchObject({ ok: true });
  expect(pool.size).toBe(1);
  const busy = pool.acquire();
  await probe(true);
  pool.release(busy);
  expect(pool.size).toBe(2);
});

describe('a health answer is read', () => {
  const good = { status: 'ok', instanceId: 'a', bootId: 'b', version: '1', eventLoopLagMs: 2, load: { busy: 1, waiting: 0, limit: 8 }, firstAttempts: { az1: { sent: 2, failed: 1 } } };
  test('as it is', () => expect(readHealthAnswer(JSON.stringify(good))).toEqual(good));
  test('without what is malformed in it', () =>
    expect(readHealthAnswer(JSON.stringify({ ...good, load: { busy: -1 }, firstAttempts: [1], version: 3 }))).toEqual({ ...good, load: null, firstAttempts: null, version: '' }));
  test.each(['', 'ok', 'null', '[]', '{}', '{"status":"ok"}', JSON.stringify({ ...good, status: 'fine' }), JSON.stringify({ ...good, instanceId: 3 })])(
    'or not, when it is another application’s: %s',
    (text) => expect(readHealthAnswer(text)).toBeNull(),
  );
});
