import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createBalancedClient, type BalancedClient, type BalancedClientOptions } from './balanced-client.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    if ('closeAllConnections' in one) (one as Server).closeAllConnections();
    await one.close();
  }
});

interface Replica {
  url: string;
  seen: { method: string; url: string; headers: Record<string, string | string[] | undefined>; body: string }[];
  close(): void;
}

/** A replica that answers health checks as `id` and everything else as `answer` does. */
async function replica(id: string, answer: RequestListener = (_request, response) => response.end(`from ${id}`)): Promise<Replica> {
  const seen: Replica['seen'] = [];
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify({ status: 'ok', instanceId: id, bootId: `boot-${id}`, version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null }));
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function connect(targets: BalancedClientOptions['targets'], options: Partial<BalancedClientOptions> = {}): Promise<BalancedClient> {
  const client = createBalancedClient({
    upstream: 'kitchen', ownZone: 'az1', targets, healthPath: '/healthz', checkInstance: true, rescue: true, balancer: 'shop', seed: 7, ...options,
  });
  open.push(client);
  await client.ready();
  return client;
}

const call = { method: 'POST', path: '/orders', headers: { 'content-type': 'application/json' }, body: Buffer.from('{}'), replayable: true, budgetMs: 500, requestId: 'r1' };

test('a call reaches a target of the own zone with its body, its attempt and what is left of the time', async () => {
  const [a, b] = [await replica('a'), await replica('b')];
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }, { id: 'b', zone: 'az2', url: b.url }]);
  const answer = await client.request(call);
  expect(answer).toMatchObject({ status: 200, retriedFrom: null });
  expect(answer.body.toString()).toBe('from a');
  expect(a.seen[0]).toMatchObject({ method: 'POST', url: '/orders', body: '{}', headers: { 'x-request-id': 'r1', 'x-attempt': '1', 'content-type': 'application/json' } });
  expect(Number(a.seen[0]?.headers['x-deadline-ms'])).toBeLessThanOrEqual(500);
  expect(b.seen).toEqual([]);
  expect(client.counters()).toEqual({ requests: 1, failed: 0, attempts: 1, rescues: 0, retries: 0 });
  expect(client.firstAttempts()).toEqual({ az1: { sent: 1, failed: 0 } });
});

test('a call whose target breaks is sent again elsewhere, and the answer tells which AZ failed', async () => {
  const [a, b] = [await replica('a', (request) => request.socket.destroy()), await replica('b')];
  const heard: string[] = [];
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }, { id: 'b', zone: 'az2', url: b.url }], { onEvent: (event) => heard.push(event.type) });
  const answer = await client.request(call);
  expect(answer.body.toString()).toBe('from b');
  expect(answer.retriedFrom).toBe('az1');
  expect(b.seen[0]?.headers['x-attempt']).toBe('2');
  expect(heard).toContain('request.retried');
  const { events, nextSeq } = client.events(0);
  expect(events.find((event) => event.type === 'request.retried')).toMatchObject({ balancer: 'shop', upstream: 'kitchen', target: 'a', zone: 'az1', requestId: 'r1' });
  expect(Math.abs((events[0]?.atMs ?? 0) - Date.now())).toBeLessThan(5000);
  expect(client.events(nextSeq).events).toEqual([]);
});

test('what a hop below re-sent is passed on as retried', async () => {
  const a = await replica('a', (_request, response) => response.setHeader('x-retried', 'az3').end('ok'));
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  expect((await client.request(call)).retriedFrom).toBe('az3');
});

test('what a hop below gave up, after a re-send of its own, is sent to another AZ', async () => {
  const [a, b] = [await replica('a', (_request, response) => response.writeHead(502, { 'x-azimuth-error': 'AZ_RETRY_FAILED', 'x-retried': 'az1' }).end()), await replica('b')];
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }, { id: 'b', zone: 'az2', url: b.url }]);
  for (let i = 0; i < 4; i++) expect((await client.request(call)).body.toString()).toBe('from b');
  expect(a.seen.length).toBeGreaterThan(0);
});

test('an answer with an error status is an answer', async () => {
  const a = await replica('a', (_request, response) => response.writeHead(503, { 'x-azimuth-error': 'AZ_OVENS_FULL' }).end('full'));
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  expect(await client.request(call)).toMatchObject({ status: 503, headers: { 'x-azimuth-error': 'AZ_OVENS_FULL' } });
});

test('a call that may not be repeated fails with the catalogue’s error', async () => {
  const a = await replica('a', (request) => request.socket.destroy());
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  await expect(client.request({ ...call, replayable: false })).rejects.toMatchObject({ code: 'AZ_ATTEMPT_FAILED', statusCode: 502 });
});

test('an aborted call is given up and its connection closes', async () => {
  let closed = false;
  const a = await replica('a', (request) => void request.socket.on('close', () => (closed = true)));
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  const stop = new AbortController();
  const answer = client.request({ ...call, signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await expect(answer).rejects.toThrow('abort');
  await new Promise((next) => setTimeout(next, 50));
  expect(closed).toBe(true);
  expect(client.opinion().targets[0]?.inFlight).toBe(0);
});

test('an address that answers with another name is not used', async () => {
  const other = await replica('somebody-else');
  const client = await connect([{ id: 'a', zone: 'az1', url: other.url }]);
  await expect(client.request(call)).rejects.toMatchObject({ code: 'AZ_NO_TARGET' });
  expect(client.opinion().targets[0]).toMatchObject({ state: 'down', reason: 'wrong-instance' });
});

test('a header that may not be sent is this process’s fault and costs no target its health', async () => {
  const a = await replica('a');
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  for (let i = 0; i < 5; i += 1) {
    await expect(client.request({ ...call, headers: { 'x-bad': 'a\nb' } })).rejects.toMatchObject({ code: 'AZ_BAD_HEADER' });
  }
  expect(client.opinion().targets[0]).toMatchObject({ state: 'up', inFlight: 0 });
  expect((await client.request(call)).status).toBe(200);
});

test('membership can change while it runs', async () => {
  const [a, b] = [await replica('a'), await replica('b')];
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  client.setTargets([{ id: 'b', zone: 'az1', url: b.url }]);
  await new Promise((next) => setTimeout(next, 100));
  expect((await client.request(call)).body.toString()).toBe('from b');
  expect(client.opinion().targets.map(({ target }) => target)).toEqual(['b']);
});

test('a shifted zone gets nothing until the shift ends, and its end is told in wall clock', async () => {
  const [a, b] = [await replica('a'), await replica('b')];
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }, { id: 'b', zone: 'az2', url: b.url }]);
  const untilMs = Date.now() + 300;
  client.shift('az1', { untilMs, reason: 'practice' });
  expect(client.opinion().shiftedZones[0]).toMatchObject({ zone: 'az1', reason: 'practice' });
  expect(Math.abs((client.opinion().shiftedZones[0]?.untilMs ?? 0) - untilMs)).toBeLessThan(50);
  expect((await client.request(call)).body.toString()).toBe('from b');
  await new Promise((next) => setTimeout(next, 400));
  expect(client.opinion().shiftedZones).toEqual([]);
  expect((await client.request(call)).body.toString()).toBe('from a');
});

test('a dead target is found by its checks without any request', async () => {
  const a = await replica('a');
  const b = await replica('b');
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }, { id: 'b', zone: 'az1', url: b.url }]);
  a.close();
  await expect.poll(() => client.opinion().targets[0], { timeout: 1500 }).toMatchObject({ state: 'down', reason: 'probe-refused' });
  expect(client.tally().ejections).toEqual({ a: 1 });
  expect(client.events(0).events.map((event) => event.type)).toContain('target.ejected');
});

test('closing fails what is in flight and forgets the targets’ sockets', async () => {
  const a = await replica('a', () => {});
  const client = await connect([{ id: 'a', zone: 'az1', url: a.url }]);
  const answer = client.request(call);
  await new Promise((next) => setTimeout(next, 30));
  await client.close();
  await expect(answer).rejects.toMatchObject({ code: 'AZ_ATTEMPT_FAILED' });
});

test('ready comes after a second even if a target never answers', async () => {
  const startedMs = performance.now();
  const a = await replica('a');
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  open.push(silent);
  await connect([
    { id: 'a', zone: 'az1', url: a.url },
    { id: 's', zone: 'az2', url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` },
  ]);
  expect(performance.now() - startedMs).toBeLessThan(1300);
});
