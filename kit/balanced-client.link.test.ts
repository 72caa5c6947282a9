/**
 * How a link fails, as a balanced client sees it. A link accepts every connection: when nobody answers behind it,
 * it closes at once (dead target) or says nothing (isolation). None of that is an answer of the application.
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBalancedClient, type BalancedClient } from './balanced-client.ts';

type Fault = 'closes' | 'resets' | 'is silent';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

const open: { close(): unknown }[] = [];
const sockets = new Set<Socket>();
let fault: Fault | null;
let client: BalancedClient;
let seen: string[];

const portOf = (server: Server | HttpServer): number => (server.address() as AddressInfo).port;

async function listening<S extends Server | HttpServer>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return server;
}

/** A replica that takes long enough for a fault to find the request in it. */
function replica(id: string, tookMs: number): Promise<HttpServer> {
  return listening(
    createHttpServer((request, response) => {
      if (request.url === '/healthz') {
        response.setHeader('content-type', 'application/json');
        return void response.end(JSON.stringify({ status: 'ok', instanceId: id, bootId: `boot-${id}`, version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null }));
      }
      request.resume().on('end', () => {
        seen.push(id);
        setTimeout(() => response.end(`from ${id}`), tookMs);
      });
    }),
  );
}

/** Passes bytes both ways; with a fault it accepts and does that instead. */
function linkTo(port: number): Promise<Server> {
  return listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket.on('error', () => {}));
      if (fault !== null) return spoil(socket, fault);
      const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
      sockets.add(upstream);
      socket.pipe(upstream).pipe(socket);
    }),
  );
}

function spoil(socket: Socket, how: Fault): void {
  if (how === 'closes') socket.destroy();
  else if (how === 'resets') socket.resetAndDestroy();
  else socket.unpipe().pause();
}

/** As when the target dies (connections close) or is cut off (they stay, and nothing passes). */
function strike(how: Fault): void {
  fault = how;
  for (const socket of sockets) spoil(socket, how);
}

async function start(aTookMs = 0): Promise<void> {
  const [a, b] = [await replica('a', aTookMs), await replica('b', 0)];
  const link = await linkTo(portOf(a));
  client = createBalancedClient({
    upstream: 'kitchen', ownZone: 'az1', healthPath: '/healthz', checkInstance: true, rescue: true, balancer: 'shop', seed: 7,
    targets: [{ id: 'a', zone: 'az1', url: `http://127.0.0.1:${portOf(link)}` }, { id: 'b', zone: 'az2', url: `http://127.0.0.1:${portOf(b)}` }],
  });
  open.push(client);
  await client.ready();
}

beforeEach(() => {
  fault = null;
  seen = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const one of open.splice(0).reverse()) {
    if ('closeAllConnections' in one) (one as HttpServer).closeAllConnections();
    await one.close();
  }
});

const call = { method: 'POST', path: '/orders', headers: { 'content-type': 'application/json' }, body: Buffer.from('{}'), replayable: true, budgetMs: 5000, requestId: 'r1' };

describe.each(['closes', 'resets'] as const)('a link that accepts and then %s at once', (how) => {
  test('fails the attempt, and the request is sent again elsewhere', async () => {
    await start();
    strike(how);
    const answer = await client.request(call);
    expect([answer.status, answer.body.toString(), answer.retriedFrom]).toEqual([200, 'from b', 'az1']);
    expect(seen).toEqual(['b']);
    expect(client.firstAttempts()).toEqual({ az1: { sent: 1, failed: 1 } });
  });

  test('does so to a request that the target was working on', async () => {
    await start(60_000);
    const answer = client.request(call);
    await expect.poll(() => seen, SOON).toEqual(['a']);
    strike(how);
    expect(await answer).toMatchObject({ status: 200, retriedFrom: 'az1' });
    expect(seen).toEqual(['a', 'b']);
  });

  test('fails a request that may not be repeated: what was written may have arrived', async () => {
    await start();
    strike(how);
    await expect(client.request({ ...call, replayable: false })).rejects.toMatchObject({ code: 'AZ_ATTEMPT_FAILED' });
    expect(seen).toEqual([]);
  });

  test('fails the checks, so that its target is down without any request, and up again when it passes', async () => {
    await start();
    strike(how);
    await expect.poll(() => client.opinion().targets[0], SOON).toMatchObject({ state: 'down', reason: 'probe-refused' });
    expect((await client.request(call)).retriedFrom).toBeNull();
    fault = null;
    await expect.poll(() => client.opinion().targets[0]?.state, SOON).toMatch(/^(returning|up)$/);
  });
});

describe('a link that accepts and then is silent', () => {
  test('has its requests rescued by the checks, which time out', async () => {
    await start(60_000);
    const answer = client.request(call);
    await expect.poll(() => seen, SOON).toEqual(['a']);
    strike('is silent');
    expect(await answer).toMatchObject({ status: 200, retriedFrom: 'az1' });
    expect(seen).toEqual(['a', 'b']);
    await expect.poll(() => client.opinion().targets[0], SOON).toMatchObject({ state: 'down', reason: 'probe-timeout' });
  });

  test('is left alone by further requests', async () => {
    await start();
    strike('is silent');
    await expect.poll(() => client.opinion().targets[0]?.state, SOON).toBe('down');
    expect(await client.request(call)).toMatchObject({ status: 200, retriedFrom: null });
  });
});
