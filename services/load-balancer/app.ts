/**
 * The load balancer without ports: an HTTP server over balanced clients. Node's strict parser reads, the
 * balanced client chooses and sends; what stands between is one exchange per request. The front door and an
 * AZ's balancer are this same program with other clients and rules.
 *
 * Where RFC 9110 and 9112 leave a choice: `100-continue` is answered here, once the request is acceptable;
 * other interim responses and the trailers of requests are dropped, those of responses passed on; an
 * unacceptable request closes its connection; a client that ends its side has left, as nginx sees it;
 * pipelined requests are sent one after the other; `OPTIONS *` is answered here.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HEADER } from '#contracts/headers.ts';
import type { BalancedClient } from '#kit/balanced-client.ts';
import type { Health } from '#kit/health.ts';
import { hostName } from '#kit/http/host.ts';
import { parserRefusal } from '#kit/http/parser-refusal.ts';
import type { ListenAddress } from '#kit/lifecycle.ts';
import type { ServiceFaults } from '#kit/service-faults.ts';
import { ClientConnection, type Serving } from './client-connection.ts';
import { answerHealth } from './health-answer.ts';
import { LeanRequest } from './lean-request.ts';
import { ProxiedExchange } from './proxied-exchange.ts';
import { readRequestHead, type HeadRules } from './request-head.ts';
import type { TrafficMeter } from './traffic-meter.ts';

/** Longest head of a request, bytes; more is 431. */
const HEADER_BYTES_MAX = 16 * 1024;
/** Clients of the region let idle connections go after 4 s, so the server is never first. */
const KEEP_ALIVE_MS = 72_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** A body that takes longer than this to arrive is given up. */
const REQUEST_TIMEOUT_MS = 300_000;
const CHECK_TIMEOUTS_MS = 1000;
const CLOSE_IDLE_MS = 50;

export interface LoadBalancerOptions {
  /** Name in `x-served-by` of its own answers. */
  instance: string;
  /** Own AZ for `x-az` of its own answers; null outside every AZ. */
  az: string | null;
  rules: HeadRules;
  /** Takes what no service name claims. */
  client: BalancedClient;
  /** By service name in `Host`; empty where names mean nothing. */
  byService?: ReadonlyMap<string, BalancedClient>;
  /** Answered here instead of being forwarded; null for none. */
  healthPath: string | null;
  health: Health;
  meter: TrafficMeter;
  /** What it can be told to do wrong; null where nobody could. */
  faults?: ServiceFaults | null;
  /** For tests: how long heads and whole requests may take, milliseconds. */
  timeouts?: { headersMs: number; requestMs: number; checkMs: number };
}

export interface LoadBalancer {
  server: Server;
  /** @throws the system's error when the port cannot be opened */
  listen(address: ListenAddress): Promise<void>;
  /** Stops listening, finishes what is in flight, closes. */
  close(): Promise<void>;
}

export function createLoadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const { instance, az, rules, client, byService, healthPath, health, meter, timeouts, faults = null } = options;
  const marks = az === null ? [HEADER.servedBy, instance] : [HEADER.servedBy, instance, HEADER.az, az];
  const connections = new WeakMap<Socket, ClientConnection>();
  const healthQuery = healthPath === null ? '' : `${healthPath}?`;

  const serve = (connection: ClientConnection, request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Serving | null => {
    const head = readRequestHead(request, connection.peer, rules);
    if (typeof head === 'string') {
      meter.refused(head);
      connection.answerAndClose(head, request.method !== 'HEAD');
      return null;
    }
    if (health.draining || head.isLast) response.shouldKeepAlive = false;
    if (head.path === '*') return answerOptions(connection, response, marks);
    if (healthPath !== null && (head.path === healthPath || head.path.startsWith(healthQuery))) {
      return answerHealth(connection, request, response, { health, faults, marks });
    }
    // A name that came in by the front door is the customer's, who may not choose an inner service.
    const named = byService === undefined || head.host === null || head.cameByAzimuth ? undefined : byService.get(hostName(head.host));
    meter.begun();
    const exchange = new ProxiedExchange(connection, request, response, head, named ?? client, marks, meter.served);
    const strike = faults?.strike('request') ?? null;
    const start = (): void => exchange.start(expectsContinue, rules.bodyBytesMax, strike?.error ?? null);
    if (strike === null || strike.waitMs === 0) start();
    else faults?.wait(strike.waitMs, start);
    return exchange;
  };

  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    insecureHTTPParser: false,
    // Node would answer without the catalogue's form, and HTTP/1.0 needs no Host.
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: timeouts?.headersMs ?? HEADERS_TIMEOUT_MS,
    requestTimeout: timeouts?.requestMs ?? REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: timeouts?.checkMs ?? CHECK_TIMEOUTS_MS,
    noDelay: true,
    // A request without body has no stream to be emptied.
    optimizeEmptyRequests: true,
    IncomingMessage: LeanRequest,
  });
  // Node would drop what is above its limit silently; the head is counted and refused instead.
  server.maxHeadersCount = 0;
  server.on('connection', (socket) => connections.set(socket, new ClientConnection(socket, serve, marks)));
  const take = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void =>
    connections.get(request.socket)?.take(request, response, expectsContinue);
  server.on('request', (request, response) => take(request, response, false));
  server.on('checkContinue', (request, response) => take(request, response, true));
  server.on('checkExpectation', (request, response) => take(request, response, false));
  server.on('connect', (_request, socket: Socket) => {
    meter.refused('AZ_METHOD');
    connections.get(socket)?.refuse('AZ_METHOD');
  });
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    const code = parserRefusal(error.code ?? '', error.rawPacket);
    const connection = connections.get(socket as Socket);
    if (code === null || connection === undefined) return void socket.destroy();
    meter.refused(code);
    connection.refuse(code);
  });

  return {
    server,
    listen: (address) => new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        resolve();
      });
    }),
    close: () => new Promise((resolve) => {
      // Connections whose last answer did not announce the close fall idle one by one.
      const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
      server.close(() => {
        clearInterval(idle);
        resolve();
      });
    }),
  };
}

/** `OPTIONS *` asks about this server, not about what stands behind it (RFC 9110, 9.3.7). */
function answerOptions(connection: ClientConnection, response: ServerResponse, marks: readonly string[]): null {
  response.writeHead(204, [...marks]);
  response.end();
  connection.done(!response.shouldKeepAlive);
  return null;
}
