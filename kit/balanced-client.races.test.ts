/**
 * Two attempts of one request on real sockets. The target of the first loses its checks and goes on working, so that
 * the request is sent a second time while the first attempt is still open.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AzimuthError } from '#contracts/errors.ts';
import { createBalancedClient, type BalancedClient } from './balanced-client.ts';
import { BufferedExchange, type BufferedAnswer } from './balanced-client/buffered-exchange.ts';
import type { SentAttempt } from './balanced-client/exchange.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };
const PATIENCE_MS = 20_000;
const HALF_A_MEGABYTE = 'x'.repeat(500_000);

interface Replica {
  server: Server;
  /** What arrived and has no answer yet. */
  open: ServerResponse[];
  checks: 'ok' | 'lost' | 'of another instance';
}

let replicas: Replica[];
let client: BalancedClient;

async function replica(id: string): Promise<Replica> {
  const open: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') return void request.resume().on('end', () => open.push(response));
    if (self.checks === 'lost') return;
    const instanceId = self.checks === 'ok' ? id : 'somebody-else';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'ok', instanceId, bootId: `boot-${id}`, version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null }));
  });
  const self: Replica = { server, open, checks: 'ok' };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return self;
}

beforeEach(async () => {
  replicas = [await replica('a'), await replica('b')];
  client = createBalancedClient({
    upstream: 'kitchen', ownZone: 'az1', healthPath: '/healthz', checkInstance: true, rescue: true, balancer: 'shop', seed: 7,
    parameters: { fall: 1_000_000 },
    targets: ['a', 'b'].map((id, i) => ({ id, zone: `az${i + 1}`, url: `http://127.0.0.1:${(replicas[i]!.server.address() as AddressInfo).port}` })),
  });
  await expect.poll(() => client.opinion().targets.map(({ state }) => state), SOON).toEqual(['up', 'up']);
});
afterEach(async () => {
  await client.close();
  for (const { server } of replicas) {
    server.closeAllConnections();
    server.close();
  }
});

const call = { method: 'POST', path: '/orders', headers: {}, body: Buffer.from('{}'), replayable: true, budgetMs: PATIENCE_MS, requestId: 'r1' };

/** The request under way at both, and how to answer it at each. */
async function race(): Promise<{ answer: Promise<BufferedAnswer>; first: ServerResponse; second: ServerResponse }> {
  const [a, b] = replicas as [Replica, Replica];
  a.checks = 'lost';
  const answer = client.request(call);
  answer.catch(() => {});
  await expect.poll(() => a.open.length + b.open.length, SOON).toBe(2);
  return { answer, first: a.open[0]!, second: b.open[0]! };
}

function refuse(response: ServerResponse, body = 'full', headers: Record<string, string> = {}): void {
  response.writeHead(503, { 'x-azimuth-error': 'AZ_OVENS_FULL', ...headers }).end(body);
}

/** Until the client has read what is on its way to it. */
const settled = (): Promise<void> => new Promise((next) => setTimeout(next, 100));

test('a full kitchen’s refusal of the second does not take the first one’s answer away', async () => {
  const { answer, first, second } = await race();
  refuse(second);
  await settled();
  first.end('baked');
  expect(await answer).toMatchObject({ status: 200, retriedFrom: null });
  expect((await answer).body.toString()).toBe('baked');
});

test.each([
  ['of no bytes', '', {}],
  ['of a few', 'full', {}],
  ['of half a megabyte', HALF_A_MEGABYTE, {}],
  ['of half a megabyte that ends its connection', HALF_A_MEGABYTE, { connection: 'close' }],
])('a refusal %s that waited is the whole answer once the other attempt broke', async (_size, body, headers) => {
  const { answer, first, second } = await race();
  refuse(second, body, headers);
  await settled();
  first.destroy();
  expect(await answer).toMatchObject({ status: 503, retriedFrom: 'az1', headers: { 'x-azimuth-error': 'AZ_OVENS_FULL' } });
  expect((await answer).body.length).toBe(body.length);
  expect(client.opinion().targets.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  expect(client.counters()).toMatchObject({ requests: 1, failed: 1, rescues: 1 });
});

test('it also is when a check’s own answer ends the other attempt', async () => {
  const { answer, second } = await race();
  refuse(second);
  await settled();
  replicas[0]!.checks = 'of another instance';
  expect(await answer).toMatchObject({ status: 503 });
  expect((await answer).body.toString()).toBe('full');
});

test.each([['of a stated length', true], ['that only the close ends', false]])('a refusal %s that breaks while it waits is no answer, and disturbs none', async (_how, hasLength) => {
  const { answer, first, second } = await race();
  if (!hasLength) second.removeHeader('transfer-encoding');
  second.writeHead(503, hasLength ? { 'content-length': 1000 } : { connection: 'close' }).write('the beginning of it');
  await settled();
  second.socket?.resetAndDestroy();
  await settled();
  first.end('baked');
  expect((await answer).body.toString()).toBe('baked');
});

test('a second attempt that this process cannot send leaves the first alone', async () => {
  class Unsendable extends BufferedExchange {
    override requestHeaders(sent: SentAttempt): string[] {
      return sent.attempt === 2 ? ['x-bad', 'a\nb'] : super.requestHeaders(sent);
    }
  }
  const [a] = replicas as [Replica];
  a.checks = 'lost';
  const outcome = new Promise<BufferedAnswer | AzimuthError>((resolve) => client.submit(new Unsendable(call, resolve)));
  await expect.poll(() => client.counters().rescues, SOON).toBe(1);
  a.open[0]!.end('baked');
  expect(await outcome).toMatchObject({ status: 200 });
});
