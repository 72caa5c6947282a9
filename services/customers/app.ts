/**
 * The customers: seeded open-loop traffic, a record of every request, and the admin address by which the
 * traffic is set and the records are read. They stand outside the region and know nothing of its faults.
 */
import { Readable } from 'node:stream';
import { Counter, Histogram, type Registry } from 'prom-client';
import { Type } from 'typebox';
import type { FastifyBaseLogger } from 'fastify';
import { TrafficRequestSchema } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { LATENCY_BUCKETS_S, METRIC } from '#contracts/metrics.ts';
import { isAnswered, type CustomerSummary } from '#contracts/records.ts';
import { createAdminServer } from '#kit/admin-server.ts';
import type { Clock } from '#kit/clock.ts';
import { createHealth, type Health } from '#kit/health.ts';
import type { HttpServer } from '#kit/http-server.ts';
import type { Instance } from '#kit/instance.ts';
import type { CustomersConfig } from './config.ts';
import { Generator, type Shops } from './generator.ts';
import { RecordRing, type SettledRequest } from './record-ring.ts';
import { summarise } from './summary.ts';
import type { Visit } from './visit.ts';

const RECORDS_PER_ANSWER_MAX = 20_000;
/** Lines made at once: half a millisecond, so that reading records does not make the traffic late. */
const RECORDS_PER_CHUNK = 250;
const SUMMARY_WINDOW_MS_MAX = 60_000;

const SummaryQuery = Type.Object({ windowMs: Type.String({ pattern: '^[0-9]{1,6}$', default: '10000' }) });
const RecordsQuery = Type.Object({
  after: Type.String({ pattern: '^[0-9]{1,15}$', default: '0' }),
  limit: Type.String({ pattern: '^[0-9]{1,6}$', default: '5000' }),
});

export interface CustomersOptions {
  config: CustomersConfig;
  instance: Instance;
  log: FastifyBaseLogger;
  metrics: Registry;
  clock: Clock;
  shops: Shops;
}

export interface Customers {
  admin: HttpServer;
  health: Health;
  generator: Generator;
}

/** Builds the customers without a port; they rest until `PUT /traffic`. */
export function createCustomers(options: CustomersOptions): Customers {
  const { config, instance, log, metrics, clock, shops } = options;
  const ring = new RecordRing(config.CUSTOMERS_RECORDS_MAX);
  const count = createCounters(metrics);
  // Monotonic to wall clock, measured anew when the traffic changes: within a run no clock step moves a record.
  let epochMs = clock.wallMs() - clock.nowMs();
  const generator = new Generator({
    clock,
    shops,
    seed: config.CUSTOMERS_SEED,
    keyPrefix: instance.bootId.slice(0, 8),
    onSettled: (visit) => {
      const request = settledRequest(visit, epochMs);
      ring.add(request);
      count(request);
    },
  });
  const health = createHealth(instance);
  const admin = createAdminServer({
    log,
    metrics,
    health,
    ready: () => ({ ready: !health.draining, checks: { traffic: { ok: true, detail: `${generator.traffic.ratePerSecond} orders/s, ${generator.traffic.arm}` } } }),
  });
  admin.put('/traffic', { schema: { body: TrafficRequestSchema } }, (request, reply) => {
    epochMs = clock.wallMs() - clock.nowMs();
    generator.setTraffic(request.body);
    reply.send(generator.traffic);
  });
  admin.get('/summary', { schema: { querystring: SummaryQuery } }, (request): CustomerSummary => {
    const windowMs = Math.min(SUMMARY_WINDOW_MS_MAX, Math.max(1, Number(request.query.windowMs)));
    return summarise(ring, windowMs, clock.nowMs() + epochMs, generator.traffic);
  });
  admin.get('/records', { schema: { querystring: RecordsQuery } }, (request, reply) => {
    // A number from before a restart asks for everything that this process has.
    const after = Number(request.query.after) > ring.lastSeq ? 0 : Number(request.query.after);
    const from = Math.max(after + 1, ring.firstSeq);
    const limit = Math.min(RECORDS_PER_ANSWER_MAX, Math.max(1, Number(request.query.limit)));
    const to = Math.min(ring.lastSeq, from + limit - 1);
    reply.header('content-type', 'application/x-ndjson').header('x-next-seq', String(Math.max(after, to)));
    if (from > after + 1) reply.header('x-dropped', '1');
    return reply.send(Readable.from(recordLines(ring, from, to), { objectMode: false }));
  });
  return { admin, health, generator };
}

/** @throws Error when a reader is so slow that records are overwritten: its answer then breaks instead of having a hole */
async function* recordLines(ring: RecordRing, from: number, to: number): AsyncGenerator<string> {
  for (let start = from; start <= to; start += RECORDS_PER_CHUNK) {
    let lines = '';
    for (let seq = start; seq <= Math.min(to, start + RECORDS_PER_CHUNK - 1); seq += 1) {
      const record = ring.get(seq);
      if (record === null) throw new Error(`record ${seq} was overwritten while it was being read`);
      lines += `${JSON.stringify(record)}\n`;
    }
    yield lines;
    await new Promise(setImmediate);
  }
}

function settledRequest(visit: Visit, epochMs: number): SettledRequest {
  return {
    kind: visit.kind,
    arm: visit.arm,
    intendedMs: visit.intendedMs + epochMs,
    sentMs: visit.sentMs + epochMs,
    answeredMs: visit.answeredMs === null ? null : visit.answeredMs + epochMs,
    status: visit.status,
    az: visit.az,
    retried: visit.retried,
    bakeMs: visit.bakeMs,
    bakedIn: visit.bakedIn,
  };
}

function createCounters(registry: Registry): (request: SettledRequest) => void {
  const registers = [registry];
  const orders = new Counter({ name: METRIC.customerOrders, help: 'Orders by what customers got, and the AZ that answered.', labelNames: ['result', 'zone'], registers });
  const menus = new Counter({ name: METRIC.customerMenus, help: 'Menu reads by what customers got.', labelNames: ['result'], registers });
  // Series begin at 0: one that begins with its first order hides that order from every rate.
  for (const result of ['answered', 'failed']) menus.inc({ result }, 0);
  for (const zone of AVAILABILITY_ZONES) orders.inc({ result: 'answered', zone }, 0);
  orders.inc({ result: 'failed', zone: '' }, 0);
  const latency = new Histogram({
    name: METRIC.customerLatency,
    help: 'Time from the intended order to its answer, in seconds.',
    buckets: LATENCY_BUCKETS_S,
    registers,
  });
  const lag = new Histogram({
    name: METRIC.generatorLag,
    help: 'How late requests were handed to their sockets, in seconds.',
    buckets: LATENCY_BUCKETS_S,
    registers,
  });
  return (request) => {
    const answered = isAnswered(request);
    const result = { result: answered ? 'answered' : 'failed' };
    lag.observe((request.sentMs - request.intendedMs) / 1000);
    if (request.kind === 'menu') {
      menus.inc(result);
      return;
    }
    orders.inc({ ...result, zone: (answered ? request.az : null) ?? '' });
    if (request.answeredMs !== null) latency.observe((request.answeredMs - request.intendedMs) / 1000);
  };
}
