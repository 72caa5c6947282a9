/** A server without a region on an ephemeral port, an upstream that echoes, and raw sockets to both: for tests. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createLinkApp, type LinkApp, type LinkAppOptions } from './app.ts';
import { measureProxies } from './proxy-metrics.ts';

const cleanup: (() => unknown)[] = [];

/** Ends what the tests opened, newest first. */
export async function closeAll(): Promise<void> {
  for (const one of cleanup.splice(0).reverse()) await one();
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: unknown;
}

export interface TestServer extends LinkApp {
  port: number;
  /** One call; `body` as text or as what is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export async function startLink(options: Partial<LinkAppOptions> = {}): Promise<TestServer> {
  const metrics = new Registry();
  const app = createLinkApp({ version: '0.1.0', log: pino({ level: 'silent' }), seed: 1, fullClose: false, metrics, ...options });
  if (app.ledger !== null) measureProxies(metrics, app.ledger, app.proxies);
  await app.api.listen({ host: '127.0.0.1', port: 0 });
  cleanup.push(() => app.close());
  const { port } = app.api.server.address() as AddressInfo;
  return { ...app, port, call: (method, path, body, headers) => call(port, method, path, body, headers) };
}

/** A request whose path and headers go out as they are given. */
export function call(port: number, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parsed(text) }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An upstream; by default it echoes. */
export async function openUpstream(serve: (socket: Socket) => void = (socket) => socket.pipe(socket)): Promise<{ address: string; port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, port, server };
}

/** Connects to `host:port`; rejects when that is refused. */
export async function connectTo(address: string): Promise<Socket> {
  const colon = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, colon).replaceAll(/[[\]]/g, ''), port: Number(address.slice(colon + 1)), allowHalfOpen: true, noDelay: true });
  cleanup.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

/** What comes back for `text`, as long as it is. */
export async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let got = '';
  while (got.length < text.length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    got += chunk.toString();
  }
  return got;
}

/** How the other side ended it: an end of stream or a reset. */
export async function endOf(socket: Socket): Promise<'end' | 'reset'> {
  if (socket.readableEnded) return 'end';
  if (socket.destroyed) return 'reset';
  socket.resume();
  return new Promise((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', () => resolve('reset'));
    socket.once('close', () => resolve('reset'));
  });
}
