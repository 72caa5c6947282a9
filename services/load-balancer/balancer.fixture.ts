/** A load balancer on an ephemeral port in front of small targets, and raw sockets to talk to both: for tests. */
import { connect, createServer as createRawServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer, type IncomingMessage, type RequestListener, type Server as HttpServer } from 'node:http';
import { Registry } from 'prom-client';
import { createBalancedClient, type BalancedClient, type BalancedClientOptions } from '#kit/balanced-client.ts';
import { createHealth } from '#kit/health.ts';
import { createLoadBalancer, type LoadBalancer, type LoadBalancerOptions } from './app.ts';
import { TrafficMeter } from './traffic-meter.ts';

export interface Bench {
  port: number;
  client: BalancedClient;
  balancer: LoadBalancer;
  health: LoadBalancerOptions['health'];
  close(): Promise<void>;
}

/** Opens `server` on an ephemeral port of 127.0.0.1. */
export async function open(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** An HTTP target whose `/healthz` is always well. */
export async function openTarget(listener: RequestListener): Promise<{ port: number; server: HttpServer }> {
  const server = createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
    if (request.url === '/healthz') return void response.end('ok');
    return listener(request, response);
  });
  return { port: await open(server), server };
}

/** A target that speaks whatever `speak` writes once a request's head has come; health checks are well. */
export async function openRawTarget(speak: (socket: Socket, head: string) => void): Promise<{ port: number; server: Server }> {
  const server = createRawServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      if (head.startsWith('GET /healthz')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else speak(socket, head);
    });
  });
  return { port: await open(server), server };
}

/** A load balancer over the targets at these ports, one zone each. */
export async function openBalancer(
  ports: readonly number[],
  options: Partial<Omit<LoadBalancerOptions, 'rules'>> & { rules?: Partial<LoadBalancerOptions['rules']>; upstream?: Partial<BalancedClientOptions> } = {},
): Promise<Bench> {
  const { rules, upstream, ...rest } = options;
  const client = createBalancedClient({
    upstream: 'target',
    ownZone: null,
    targets: ports.map((port, i) => ({ id: `t${i + 1}`, zone: `az${i + 1}`, url: `http://127.0.0.1:${port}` })),
    healthPath: '/healthz',
    checkInstance: false,
    rescue: true,
    balancer: 'lb',
    seed: 1,
    ...upstream,
  });
  const health = createHealth({ id: 'lb', bootId: 'boot', version: '0' });
  const balancer = createLoadBalancer({
    instance: 'lb',
    az: null,
    rules: { trustForwarded: false, defaultBudgetMs: null, bodyBytesMax: 1024 * 1024, ...rules },
    client,
    healthPath: null,
    health,
    meter: new TrafficMeter(new Registry()),
    ...rest,
  });
  await client.ready();
  const port = await open(balancer.server);
  return {
    port,
    client,
    balancer,
    health,
    close: async () => {
      balancer.server.closeAllConnections();
      await balancer.close();
      await client.close();
    },
  };
}

export interface RawAnswer {
  text: string;
  /** How the server ended the connection; `open` when it had not within the time. */
  end: 'fin' | 'reset' | 'open';
}

/** Sends bytes and gathers what comes back until the server closes, `enough` says so, or 400 ms after `timeoutMs`. */
export function talk(port: number, bytes: string | readonly string[], enough?: (text: string) => boolean, timeoutMs = 2000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    const finish = (end: RawAnswer['end']): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, end });
    };
    const timer = setTimeout(() => finish('open'), timeoutMs);
    socket.on('error', () => finish('reset'));
    socket.on('end', () => finish('fin'));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (enough?.(text) === true) finish('open');
    });
    void (async () => {
      for (const part of typeof bytes === 'string' ? [bytes] : bytes) {
        socket.write(Buffer.from(part, 'latin1'));
        await new Promise((next) => setTimeout(next, 20));
      }
    })();
  });
}

export function readBody(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    message.setEncoding('latin1');
    message.on('data', (chunk: string) => (text += chunk));
    message.on('end', () => resolve(text));
    message.on('error', reject);
  });
}
