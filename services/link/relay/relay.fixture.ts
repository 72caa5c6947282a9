/** A relay between two real connections, with the peers' ends of both: for tests. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, vi } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { Relay, type CloseCause, type RelayOptions, type Stream } from './relay.ts';

const cleanup: (() => unknown)[] = [];

/** Ends what the tests opened. */
export function closeAll(): void {
  for (const one of cleanup.splice(0).reverse()) one();
}

export interface Relayed {
  relay: Relay;
  /** Ends of the two peers. */
  client: Socket;
  server: Socket;
  /** The relay's own. */
  inner: { client: Socket; upstream: Socket };
  /** In order; a second one is a defect. */
  causes: CloseCause[];
  received: Record<Stream, number>;
  sent: Record<Stream, number>;
  discarded: Record<Stream, number>;
}

/** Two ends of one connection: the one that connected, and the one that was accepted, not read yet. */
export async function connectPair(): Promise<[Socket, Socket]> {
  const listener = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const connected = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const [[accepted]] = (await Promise.all([once(listener, 'connection'), once(connected, 'connect')])) as [[Socket], unknown];
  listener.close();
  for (const socket of [connected, accepted]) {
    socket.on('error', () => {});
    cleanup.push(() => socket.destroy());
  }
  return [connected, accepted];
}

export async function openRelay(toxics: RelayOptions['toxics'] = [], options: Partial<RelayOptions> = {}): Promise<Relayed> {
  const [client, innerClient] = await connectPair();
  const [innerUpstream, server] = await connectPair();
  return { ...relayBetween(innerClient, innerUpstream, toxics, options), client, server, inner: { client: innerClient, upstream: innerUpstream } };
}

export function relayBetween(client: Socket, upstream: Socket, toxics: RelayOptions['toxics'] = [], options: Partial<RelayOptions> = {}): Omit<Relayed, 'client' | 'server' | 'inner'> {
  const zero = (): Record<Stream, number> => ({ upstream: 0, downstream: 0 });
  const causes: CloseCause[] = [];
  const [received, sent, discarded] = [zero(), zero(), zero()];
  const relay = new Relay({
    client,
    upstream,
    toxics,
    fullClose: false,
    random: createRandom(1),
    onReceived: (stream, bytes) => (received[stream] += bytes),
    onSent: (stream, bytes) => (sent[stream] += bytes),
    onDiscarded: (stream, bytes) => (discarded[stream] += bytes),
    onClosed: (cause) => causes.push(cause),
    ...options,
  });
  return { relay, causes, received, sent, discarded };
}

/** What a peer hears from now on, and how that ends. */
export function listenTo(socket: Socket): { text: string; end: 'end' | 'reset' | 'closed' | null; ended: Promise<'end' | 'reset' | 'closed'> } {
  const heard: ReturnType<typeof listenTo> = { text: '', end: null, ended: Promise.resolve('closed') };
  socket.on('data', (bytes: Buffer) => (heard.text += bytes.toString('latin1')));
  heard.ended = new Promise((resolve) => {
    const is = (end: 'end' | 'reset' | 'closed') => () => {
      heard.end ??= end;
      resolve(heard.end);
    };
    socket.once('end', is('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => is(error.code === 'ECONNRESET' ? 'reset' : 'closed')());
    socket.once('close', is('closed'));
  });
  socket.resume();
  return heard;
}

/** Closed exactly once, with that cause, and every byte accounted for. */
export async function expectClosed({ relay, causes, received, sent, discarded, inner }: Relayed, cause: CloseCause): Promise<void> {
  await vi.waitFor(() => expect(causes).toEqual([cause]));
  expect([inner.client.destroyed, inner.upstream.destroyed]).toEqual([true, true]);
  for (const stream of ['upstream', 'downstream'] as const) expect(sent[stream] + discarded[stream], stream).toBe(received[stream]);
  relay.close('disable');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(causes).toEqual([cause]);
}
