import { afterAll, beforeAll, expect, test } from 'vitest';
import { request, type IncomingMessage, type Server } from 'node:http';
import { openBalancer, openTarget, readBody, talk, type Bench } from './balancer.fixture.ts';

interface Seen {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

let target: { port: number; server: Server };
let bench: Bench;
let trusting: Bench;
let answerWith: Record<string, string | string[]> = {};

beforeAll(async () => {
  target = await openTarget((incoming, response) => {
    void readBody(incoming).then((body) => {
      const { method, url, headers } = incoming;
      for (const [name, value] of Object.entries(answerWith)) response.setHeader(name, value);
      response.end(JSON.stringify({ method, url, headers, body }));
    });
  });
  bench = await openBalancer([target.port], { rules: { defaultBudgetMs: 1000 } });
  trusting = await openBalancer([target.port], { rules: { trustForwarded: true } });
});
afterAll(async () => {
  await bench.close();
  await trusting.close();
  target.server.closeAllConnections();
  target.server.close();
});

async function send(port: number, headers: Record<string, string>, method = 'GET', path = '/', body?: string): Promise<{ answer: IncomingMessage; seen: Seen }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', method, path, headers, agent: false }, resolve).on('error', reject).end(body);
  });
  const text = await readBody(answer);
  return { answer, seen: text === '' ? ({} as Seen) : (JSON.parse(text) as Seen) };
}

async function sendRaw(bytes: string): Promise<Seen> {
  const { text } = await talk(bench.port, bytes, (all) => all.endsWith('}'));
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Seen;
}

test('forwarding headers from outside are replaced by what the balancer saw itself', async () => {
  const { seen } = await send(bench.port, {
    host: 'shop.example:8080', 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil', forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6',
  });
  expect(seen.headers).toMatchObject({
    host: 'shop.example:8080',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'shop.example:8080',
    forwarded: 'for=127.0.0.1;host="shop.example:8080";proto=http',
  });
  expect(seen.headers['x-real-ip']).toBeUndefined();
});

test('trusted forwarding headers are kept and extended', async () => {
  const { seen } = await send(trusting.port, {
    host: 'shop.example', 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'outer', forwarded: 'for=1.2.3.4',
  });
  expect(seen.headers).toMatchObject({
    'x-forwarded-for': '1.2.3.4, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'outer',
    forwarded: 'for=1.2.3.4, for=127.0.0.1;host="shop.example";proto=http',
  });
});

test('fields that end at this hop, and those that Connection names, do not travel on', async () => {
  const seen = await sendRaw(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret\r\nConnection: x-other\r\nX-Secret: 1\r\nX-Other: 1\r\nKeep-Alive: timeout=5\r\n' +
      'TE: trailers\r\nTrailer: x\r\nProxy-Authorization: b\r\nProxy-Connection: close\r\nX-Kept: 1\r\n\r\n',
  );
  for (const name of ['x-secret', 'x-other', 'keep-alive', 'te', 'trailer', 'proxy-authorization', 'proxy-connection']) expect(seen.headers).not.toHaveProperty(name);
  expect(seen.headers['x-kept']).toBe('1');
});

test('Connection cannot take away what the next hop relies on', async () => {
  const { seen } = await send(
    bench.port,
    { connection: 'host, content-length, authorization, x-forwarded-for, x-request-id, idempotency-key', authorization: 'b', 'idempotency-key': 'k', 'content-length': '5' },
    'POST', '/', 'hello',
  );
  expect(seen.body).toBe('hello');
  expect(seen.headers).toMatchObject({ authorization: 'b', 'x-forwarded-for': '127.0.0.1', 'idempotency-key': 'k', 'content-length': '5' });
  expect(seen.headers['host']).toBe(`127.0.0.1:${bench.port}`);
});

test('Via is extended both ways', async () => {
  answerWith = { via: '1.1 inner' };
  const { answer, seen } = await send(bench.port, { via: '1.0 outer' });
  answerWith = {};
  expect(seen.headers['via']).toBe('1.0 outer, 1.1 azimuth');
  expect(answer.headers.via).toBe('1.1 inner, 1.1 azimuth');
});

test('a request id is kept when it is one, else made', async () => {
  expect((await send(bench.port, { 'x-request-id': 'abc-1' })).seen.headers['x-request-id']).toBe('abc-1');
  expect((await send(bench.port, {})).seen.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-z]+$/);
  expect((await send(bench.port, { 'x-request-id': 'a b"c' })).seen.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-z]+$/);
});

test('a valid traceparent passes untouched, a malformed one is dropped with its tracestate', async () => {
  const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const passed = await send(bench.port, { traceparent: good, tracestate: 'a=1' });
  expect(passed.seen.headers).toMatchObject({ traceparent: good, tracestate: 'a=1' });
  const dropped = await send(bench.port, { traceparent: '00-zz-1', tracestate: 'a=1' });
  expect(dropped.seen.headers['traceparent']).toBeUndefined();
  expect(dropped.seen.headers['tracestate']).toBeUndefined();
});

test('the deadline is decreased by the time spent, and a malformed one is replaced by the default', async () => {
  const given = Number((await send(bench.port, { 'x-deadline-ms': '500' })).seen.headers['x-deadline-ms']);
  expect(given).toBeLessThanOrEqual(500);
  expect(given).toBeGreaterThan(300);
  for (const bad of ['-1', '1e3', 'soon', '99999999']) {
    const replaced = Number((await send(bench.port, { 'x-deadline-ms': bad })).seen.headers['x-deadline-ms']);
    expect(replaced).toBeLessThanOrEqual(1000);
    expect(replaced).toBeGreaterThan(700);
  }
  expect((await send(trusting.port, {})).seen.headers['x-deadline-ms']).toBeUndefined();
});

test('the attempt number is the balancer’s own, and that of the hop above only where that is trusted', async () => {
  expect((await send(bench.port, { 'x-attempt': '2' })).seen.headers['x-attempt']).toBe('1');
  expect((await send(trusting.port, { 'x-attempt': '2' })).seen.headers['x-attempt']).toBe('2');
});

test('the AZ in which the hop above saw it fail is believed, and told on, only where that hop is trusted', async () => {
  expect((await send(trusting.port, { 'x-avoid-az': 'az2' })).seen.headers['x-avoid-az']).toBe('az2');
  expect((await send(bench.port, { 'x-avoid-az': 'az2' })).seen.headers['x-avoid-az']).toBeUndefined();
  for (const bad of ['', 'az 2', 'a'.repeat(65), 'az1, az2']) expect((await send(trusting.port, { 'x-avoid-az': bad })).seen.headers['x-avoid-az'], bad).toBeUndefined();
});

test('an absolute target travels on in origin-form and its authority wins over Host', async () => {
  const seen = await sendRaw('GET http://other.example:81/a?b=c HTTP/1.1\r\nHost: shop\r\n\r\n');
  expect(seen).toMatchObject({ url: '/a?b=c', headers: { host: 'other.example:81', 'x-forwarded-host': 'other.example:81' } });
  expect(await sendRaw('GET http://other?x HTTP/1.1\r\nHost: shop\r\n\r\n')).toMatchObject({ url: '/?x' });
});

test('IPv6 literals are hosts', async () => {
  expect((await sendRaw('GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n')).headers['host']).toBe('[2001:db8::1]:8080');
});

test('OPTIONS * and an exhausted Max-Forwards are answered here, else Max-Forwards counts down', async () => {
  for (const bytes of ['OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 'OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n']) {
    const { text } = await talk(bench.port, bytes, (all) => all.endsWith('\r\n\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 204/);
    expect(text).toContain('x-served-by: lb');
  }
  expect((await send(bench.port, { 'max-forwards': '3' }, 'OPTIONS', '/x')).seen.headers['max-forwards']).toBe('2');
});

test('an upgrade to h2c is ignored and the connection closes, since what follows could not be read', async () => {
  const { text, end } = await talk(bench.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n');
  expect(text).toMatch(/^HTTP\/1\.1 200/);
  expect(text).toMatch(/connection: close/i);
  expect(end).toBe('fin');
  expect(text).not.toContain('http2-settings');
});

test('every response says who answered and where', async () => {
  const { answer } = await send(bench.port, {});
  expect(answer.headers).toMatchObject({ 'x-served-by': 't1', 'x-az': 'az1' });
  answerWith = { 'x-served-by': 'az1-storefront-a', 'x-az': 'az9', 'x-retried': 'az2' };
  const below = await send(bench.port, {});
  answerWith = {};
  expect(below.answer.headers).toMatchObject({ 'x-served-by': 'az1-storefront-a', 'x-az': 'az9', 'x-retried': 'az2' });
});

test('response fields that end at this hop do not travel on, and repeated ones stay apart', async () => {
  answerWith = { connection: 'x-internal', 'x-internal': '1', 'proxy-authenticate': 'Basic', 'set-cookie': ['a=1', 'b=2'] };
  const { answer } = await send(bench.port, {});
  answerWith = {};
  expect(answer.headers['x-internal']).toBeUndefined();
  expect(answer.headers['proxy-authenticate']).toBeUndefined();
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
});
