import { afterEach, expect, test } from 'vitest';
import type { Server } from 'node:http';
import { createServer, type Server as RawServer, type Socket } from 'node:net';
import { open as openServer, openBalancer, openRawTarget, openTarget, readBody, talk, type Bench } from './balancer.fixture.ts';

const HOST = 'Host: a\r\n';
const GET = `GET / HTTP/1.1\r\n${HOST}\r\n`;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) {
    if ('closeAllConnections' in one) (one as Server).closeAllConnections();
    await one.close();
  }
});

interface Target {
  port: number;
  server: RawServer;
}

/** `heads` and `bodies`: what the target was sent, checks apart. */
interface Witness extends Target {
  heads: string[];
  bodies: string[];
}

async function witness(): Promise<Witness> {
  const heads: string[] = [];
  const bodies: string[] = [];
  const target = await openTarget((incoming, response) => {
    heads.push(incoming.rawHeaders.join('\n'));
    void readBody(incoming).then((body) => {
      bodies.push(body);
      response.end('second');
    });
  });
  return { ...target, heads, bodies };
}

/** Own zone is that of the first target, so that it is chosen first. */
async function bench(targets: Target[], options: Parameters<typeof openBalancer>[1] = {}): Promise<Bench> {
  const balancer = await openBalancer(targets.map(({ port }) => port), { ...options, upstream: { ownZone: 'az1', ...options.upstream } });
  open.push(balancer, ...targets.map(({ server }) => server));
  return balancer;
}

const resetting = (): Promise<Target> => openRawTarget((socket) => socket.resetAndDestroy());
const complete = (text: string): boolean => text.endsWith('second') || text.endsWith('}\n');

test('an idempotent request survives a target that resets it, and the answer names the AZ that failed', async () => {
  const second = await witness();
  const { port } = await bench([await resetting(), second]);
  const { text } = await talk(port, GET, complete);
  expect(text).toMatch(/^HTTP\/1\.1 200/);
  expect(text).toContain('x-retried: az1');
  expect(second.heads[0]).toContain('x-attempt\n2');
  expect(second.heads[0]).toContain('x-avoid-az\naz1');
});

test('a re-send that fails too is answered as such, and says which AZ failed first', async () => {
  const { port } = await bench([await resetting(), await resetting()]);
  const { text } = await talk(port, GET, complete);
  expect(text).toMatch(/^HTTP\/1\.1 502/);
  expect(text).toContain('x-azimuth-error: AZ_RETRY_FAILED');
  expect(text).toMatch(/x-retried: az[12]/);
});

test('a request that may not be repeated is not, and the client is told', async () => {
  const second = await witness();
  const { port } = await bench([await resetting(), second]);
  const { text } = await talk(port, `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`, complete);
  expect(text).toMatch(/^HTTP\/1\.1 502/);
  expect(text).toContain('x-azimuth-error: AZ_ATTEMPT_FAILED');
  expect(second.heads).toEqual([]);
});

test('a request with an idempotency-key is sent again with the same body', async () => {
  const second = await witness();
  const { port } = await bench([await resetting(), second]);
  const body = 'x'.repeat(60_000);
  const { text } = await talk(port, `POST / HTTP/1.1\r\n${HOST}Idempotency-Key: k\r\nContent-Length: 60000\r\n\r\n${body}`, complete);
  expect(text).toMatch(/^HTTP\/1\.1 200/);
  expect(second.bodies).toEqual([body]);
});

test('a body above 64 KiB is streamed and not sent again once it was begun', async () => {
  const second = await witness();
  const { port } = await bench([await resetting(), second]);
  const { text } = await talk(port, `PUT / HTTP/1.1\r\n${HOST}Idempotency-Key: k\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`, complete);
  expect(text).toMatch(/^HTTP\/1\.1 502/);
  expect(second.heads).toEqual([]);
});

test('nothing is sent again after response headers: the break is passed on', async () => {
  const second = await witness();
  const first = await openRawTarget((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello');
    setTimeout(() => socket.resetAndDestroy(), 50);
  });
  const { port } = await bench([first, second]);
  const { text, end } = await talk(port, GET);
  expect(text).toMatch(/hello$/);
  expect(end).not.toBe('open');
  expect(second.heads).toEqual([]);
});

test('what was never written may be sent elsewhere, whatever it is', async () => {
  const second = await witness();
  const first = await openTarget((_incoming, response) => response.end('first'));
  const { port, client } = await bench([first, second], { upstream: { parameters: { checkIntervalMs: 60_000 } } });
  first.server.closeAllConnections();
  await new Promise((resolve) => first.server.close(resolve));
  const body = 'x'.repeat(100_000);
  const { text } = await talk(port, `POST / HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\n${body}`, complete);
  expect(text).toMatch(/^HTTP\/1\.1 200/);
  expect(second.bodies).toEqual([body]);
  expect(client.opinion().targets[0]).toMatchObject({ state: 'down' });
});

test('a target that freezes with requests in flight is found out by probes, and they are answered elsewhere within 400 ms', async () => {
  const second = await witness();
  let frozen = false;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => {
      if (!frozen) socket.write(OK);
    });
  });
  const first = { port: await openServer(server), server };
  const { port, client } = await bench([first, second]);
  await new Promise((next) => setTimeout(next, 300));
  frozen = true;
  const startedMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 5 }, () => talk(port, GET, complete)));
  const tookMs = performance.now() - startedMs;
  for (const one of sockets) one.destroy();
  expect(answers.map(({ text }) => text.slice(0, 12))).toEqual(Array(5).fill('HTTP/1.1 200'));
  expect(answers.every(({ text }) => text.includes('x-retried: az1'))).toBe(true);
  expect(tookMs).toBeLessThan(600);
  expect(client.counters().rescues).toBe(5);
});

test('with a try timeout, as at the front door, a slow try is given up and sent elsewhere', async () => {
  const second = await witness();
  const first = await openTarget(() => {});
  const { port } = await bench([first, second], { upstream: { parameters: { tryTimeoutMs: 150 } } });
  const { text } = await talk(port, GET, complete);
  expect(text).toContain('x-retried: az1');
  const posted = await talk(port, `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`, complete);
  expect(posted.text).toMatch(/^HTTP\/1\.1 504/);
  expect(posted.text).toContain('AZ_TRY_TIMEOUT');
});

test('a request whose patience ends is answered 504', async () => {
  const { port } = await bench([await openTarget(() => {})]);
  const { text } = await talk(port, `GET / HTTP/1.1\r\n${HOST}X-Deadline-Ms: 120\r\n\r\n`, complete);
  expect(text).toMatch(/^HTTP\/1\.1 504/);
  expect(text).toContain('AZ_DEADLINE');
});

test('without any target the answer is 503, says when to come back, and keeps the connection', async () => {
  const server = createServer();
  const port = await openServer(server);
  await new Promise((resolve) => server.close(resolve));
  const balancer = await openBalancer([port]);
  open.push(balancer);
  const { text } = await talk(balancer.port, GET + GET, (all) => all.split('}\n').length === 3);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 503']);
  expect(text).toContain('AZ_NO_TARGET');
  expect(text).toContain('retry-after: 1');
  expect(text).not.toMatch(/connection: close/i);
});

test('two requests that carry the same id are two requests', async () => {
  const second = await witness();
  const { port } = await bench([second]);
  const one = `GET / HTTP/1.1\r\n${HOST}X-Request-Id: same\r\n\r\n`;
  const answers = await Promise.all([talk(port, one, complete), talk(port, one, complete)]);
  expect(answers.every(({ text }) => text.endsWith('second'))).toBe(true);
  expect(second.heads).toHaveLength(2);
});

test('a service name in Host chooses the service, unless it came in by another balancer', async () => {
  const shop = await openTarget((_incoming, response) => response.end('shop second'));
  const kitchen = await witness();
  const kitchens = await openBalancer([kitchen.port]);
  const { port } = await bench([shop], { byService: new Map([['kitchen', kitchens.client]]) });
  open.push(kitchens, kitchen.server);
  for (const name of ['kitchen', 'Kitchen:80']) {
    expect((await talk(port, `GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`, complete)).text).toMatch(/\r\n\r\nsecond$/);
  }
  expect((await talk(port, `GET / HTTP/1.1\r\nHost: kitchen\r\nVia: 1.1 azimuth\r\n\r\n`, complete)).text).toMatch(/shop second$/);
  expect((await talk(port, `GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n`, complete)).text).toMatch(/shop second$/);
});

test('the own health check is answered here, and while draining it fails and connections close after their answer', async () => {
  const { port, health, balancer } = await bench([await witness()], { healthPath: '/healthz' });
  const well = await talk(port, `GET /healthz HTTP/1.1\r\n${HOST}\r\n`, (all) => all.endsWith('}'));
  expect(well.text).toMatch(/^HTTP\/1\.1 200/);
  expect(well.text).toContain('"instanceId":"lb"');
  health.drain();
  const draining = await talk(port, `GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
  expect(draining.text).toMatch(/^HTTP\/1\.1 503/);
  const last = await talk(port, GET);
  expect(last.text).toMatch(/second$/);
  expect(last.end).toBe('fin');
  await balancer.close();
});
