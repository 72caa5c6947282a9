import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Relay, type RelayOptions } from './relay.ts';
import { TOXIC_KINDS } from './toxic-kinds.ts';

type RelayToxic = RelayOptions['toxics'][number];

const opened: Socket[] = [];

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

/** Two connected ends of a TCP connection over loopback. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [far] = (await once(server, 'connection')) as [Socket];
  if (near.connecting) await once(near, 'connect');
  server.close();
  for (const socket of [near, far]) socket.on('error', () => undefined);
  opened.push(near, far);
  return [near, far];
}

async function relayed(changed: Partial<Pick<RelayOptions, 'toxics' | 'fullClose'>> = {}) {
  const [customer, client] = await pair();
  const [upstream, service] = await pair();
  const causes: string[] = [];
  const bytes = { received: 0, sent: 0 };
  const relay = new Relay({
    client,
    upstream,
    toxics: [],
    fullClose: false,
    random: () => 0.5,
    onReceived: (_stream, count) => (bytes.received += count),
    onSent: (_stream, count) => (bytes.sent += count),
    onDiscarded: () => undefined,
    onClosed: (cause) => causes.push(cause),
    ...changed,
  });
  return { relay, customer, service, causes, bytes };
}

function toxic(type: string, attributes: Record<string, number>): RelayToxic {
  const kind = TOXIC_KINDS[type];
  if (kind === undefined) throw new Error(`no toxic ${type}`);
  return { name: type, kind, stream: 'upstream', attributes, toxicity: 1, draw: 0 };
}

async function readAll(socket: Socket): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const bytes of socket) read.push(bytes as Buffer);
  return Buffer.concat(read);
}

test('a reply still arrives after the client has ended its half, and the connection ends once', async () => {
  const { customer, service, causes } = await relayed();
  customer.end('question');
  expect(String(await readAll(service))).toBe('question');
  service.end('answer');
  expect(String(await readAll(customer))).toBe('answer');
  await vi.waitFor(() => expect(causes).toEqual(['peer']));
});

test('with full close the first end of stream ends both sides', async () => {
  const { customer, causes, service } = await relayed({ fullClose: true });
  service.resume();
  customer.end('question');
  expect(String(await readAll(customer))).toBe('');
  expect(causes).toEqual(['peer']);
});

test('a reset reaches both sides as ECONNRESET', async () => {
  const { customer, service, causes } = await relayed({ toxics: [toxic('reset_peer', { timeout: 0 })] });
  const codes = Promise.all([customer, service].map(async (socket) => ((await once(socket.resume(), 'error')) as [NodeJS.ErrnoException])[0].code));
  customer.write('x');
  expect(await codes).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(causes).toEqual(['reset']);
});

test('a connection is closed once, whoever closes it again', async () => {
  const { relay, customer, causes } = await relayed();
  relay.close('disable');
  relay.close('error');
  await readAll(customer);
  expect(causes).toEqual(['disable']);
});

test('a toxic that lets nothing pass stops the reading of its source', async () => {
  const { customer, bytes } = await relayed({ toxics: [toxic('bandwidth', { rate: 0 })] });
  customer.write(Buffer.alloc(64 * 1024 * 1024));
  await vi.waitFor(() => expect(bytes.received).toBeGreaterThan(0));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(bytes.received).toBeLessThan(1024 * 1024);
  expect(bytes.sent).toBe(0);
});

test('65,535 writes of two bytes arrive in order while a latency of a second comes and goes', async () => {
  const { relay, customer, service } = await relayed();
  const sent = Buffer.alloc(2 * 65_535);
  for (let at = 0; at < 65_535; at += 1) sent.writeUInt16BE(at, 2 * at);
  const arrived = readAll(service);
  for (let at = 0; at < 65_535; at += 1) {
    customer.write(sent.subarray(2 * at, 2 * at + 2));
    if (at % 4096 === 0) relay.addToxic(toxic('latency', { latency: 1000 }));
    if (at % 4096 === 2048) relay.removeToxic('latency');
    if (at % 512 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  relay.removeToxic('latency');
  customer.end();
  expect((await arrived).equals(sent)).toBe(true);
}, 20_000);
