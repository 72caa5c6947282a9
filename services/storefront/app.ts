/**
 * A storefront: shows the menu and takes orders, which it has baked by a kitchen of its choice. Choosing,
 * re-sending and giving up are the balanced client's; what is left here is validation and passing on.
 */
import { randomUUID } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { HEADER } from '#contracts/headers.ts';
import { OrderHeadersSchema, OrderSchema } from '#contracts/orders.ts';
import { createAdminServer, type ObservedBalancer, type ReadyDetail } from '#kit/admin-server.ts';
import type { BalancedClient } from '#kit/balanced-client.ts';
import { createHealth, serveHealth, type Health } from '#kit/health.ts';
import { injectFaults } from '#kit/http-faults.ts';
import { measureHttp } from '#kit/http-metrics.ts';
import { createHttpServer, markAnswers, type HttpServer } from '#kit/http-server.ts';
import type { Instance } from '#kit/instance.ts';
import type { ServiceFaults } from '#kit/service-faults.ts';
import { MENU } from './menu.ts';

/** What the kitchen hears of the customer's request; the balanced client adds request id, attempt and deadline. */
const PASSED_ON = [HEADER.idempotencyKey, HEADER.criticality, HEADER.traceparent, 'tracestate'] as const;
/** What the customer hears of the kitchen's answer. */
const PASSED_BACK = ['content-type', HEADER.serverTiming, HEADER.error] as const;

/** The part of the balanced client that a storefront needs. */
export type KitchenClient = ObservedBalancer & Pick<BalancedClient, 'request' | 'firstAttempts'>;

export interface StorefrontOptions {
  instance: Instance;
  log: FastifyBaseLogger;
  metrics: Registry;
  kitchen: KitchenClient;
  faults: ServiceFaults;
}

export interface Storefront {
  traffic: HttpServer;
  admin: HttpServer;
  health: Health;
}

/** Builds the storefront without ports. */
export function createStorefront(options: StorefrontOptions): Storefront {
  const { instance, log, metrics, kitchen, faults } = options;
  const health = createHealth(instance, { firstAttempts: () => kitchen.firstAttempts() });
  const traffic = createHttpServer(log);
  markAnswers(traffic, { id: instance.id, az: instance.endpoint.az });
  measureHttp(traffic, metrics);
  injectFaults(traffic, faults);
  serveHealth(traffic, health, faults);

  const menu = JSON.stringify(MENU);
  traffic.get('/menu', (_request, reply) => {
    reply.header('content-type', 'application/json; charset=utf-8').send(menu);
  });
  traffic.post('/orders', { schema: { headers: OrderHeadersSchema, body: OrderSchema } }, (request, reply) => order(kitchen, request, reply));

  const admin = createAdminServer({ log, metrics, health, ready: () => readyDetail(kitchen, health), balancers: { kitchen }, faults });
  return { traffic, admin, health };
}

/** @throws AzimuthError when no kitchen baked the order */
async function order(kitchen: KitchenClient, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const requestId = request.id || randomUUID();
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const name of PASSED_ON) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const deadline = request.headers[HEADER.deadlineMs];
  const avoidAz = request.headers[HEADER.avoidAz];
  const left = new AbortController();
  // Not request.signal: it fires for a POST as soon as its body was read.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort();
  });
  reply.header(HEADER.requestId, requestId);
  const answer = await kitchen.request({
    method: 'POST',
    path: '/orders',
    headers,
    body: Buffer.from(JSON.stringify(request.body)),
    replayable: true,
    budgetMs: deadline === undefined ? null : Number(deadline),
    avoidZone: typeof avoidAz === 'string' ? avoidAz : null,
    requestId,
    signal: left.signal,
  });
  reply.code(answer.status);
  for (const name of PASSED_BACK) {
    const value = answer.headers[name];
    if (value !== undefined) reply.header(name, value);
  }
  if (answer.retriedFrom !== null) reply.header(HEADER.retried, answer.retriedFrom);
  return reply.send(answer.body);
}

function readyDetail(kitchen: KitchenClient, health: Health): ReadyDetail {
  const { targets } = kitchen.opinion();
  const usable = targets.filter((target) => target.state === 'up' || target.state === 'returning').length;
  return {
    ready: !health.draining && usable > 0,
    checks: { kitchens: { ok: usable > 0, detail: `${usable} of ${targets.length} usable` } },
  };
}
