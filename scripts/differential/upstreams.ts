/**
 * What stands behind the proxies of one server under comparison: small TCP servers, each with one habit, and
 * a record of the newest connection of each, because a toxic shows on both ends. Every socket has its error
 * handler before anything else: the suite resets connections for a living.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startHungListener } from '../reference/hung-listener.ts';
import { TcpEnd } from './tcp-end.ts';

const UPSTREAM_NAMES = ['echo', 'sink', 'greet', 'hang-up', 'closer', 'reply', 'resetter', 'bulk'] as const;
export type UpstreamName = (typeof UPSTREAM_NAMES)[number];

/** Bytes that `bulk` sends when it is connected to. */
const BULK_BYTES = 300_000;

const HABITS: Readonly<Record<UpstreamName, (socket: Socket) => void>> = {
  /** Returns what it gets, and ends when the client does. */
  echo: (socket) => void socket.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end()),
  /** Takes everything and says nothing. */
  sink: (socket) => void socket.resume(),
  greet: (socket) => void socket.write('hello'),
  /** Answers the first data, then ends. */
  'hang-up': (socket) => void socket.once('data', () => socket.end('bye')),
  closer: (socket) => void socket.end(),
  /** Answers only after the client's half-close. */
  reply: (socket) => void socket.resume().on('end', () => socket.end('reply')),
  resetter: (socket) => void socket.once('data', () => socket.resetAndDestroy()),
  bulk: (socket) => void socket.write(pattern(BULK_BYTES)),
};

export interface Upstreams {
  ports: Readonly<Record<UpstreamName | 'hung', number>>;
  newest(name: UpstreamName): TcpEnd | undefined;
  /** What came until now is of no interest any more. */
  forget(): void;
  close(): Promise<void>;
}

/** Starts them all, on ports of their own. */
export async function startUpstreams(): Promise<Upstreams> {
  const sockets = new Set<Socket>();
  const newest = new Map<UpstreamName, TcpEnd>();
  const servers: Server[] = [];
  const ports: Partial<Record<UpstreamName | 'hung', number>> = {};
  for (const name of UPSTREAM_NAMES) {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      newest.set(name, new TcpEnd(socket));
      HABITS[name](socket);
    });
    servers.push(server);
    ports[name] = await listen(server);
  }
  const hung = await startHungListener();
  ports.hung = hung.port;
  return {
    ports: ports as Record<UpstreamName | 'hung', number>,
    newest: (name) => newest.get(name),
    forget: () => newest.clear(),
    close: async () => {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      await hung.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Bytes each of which tells its place, so that a lost or swapped one shows. */
export function pattern(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i++) buffer[i] = (i * 31 + (i >> 8)) & 0xff;
  return buffer;
}
