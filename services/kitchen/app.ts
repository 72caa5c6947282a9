/**
 * A kitchen: bakes orders in ovens. An oven is a slot and a timer, so capacity costs no CPU. Which order
 * gets an oven is decided in `policy/ovens.ts`; here are its clock, timers and sockets.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { OvensSchema, type BakedAnswer } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';
import { METRIC } from '#contracts/metrics.ts';
import { OrderAnswerSchema, OrderHeadersSchema, OrderSchema, type OrderAnswer } from '#contracts/orders.ts';
import { createAdminServer, SeqQuery } from '#kit/admin-server.ts';
import type { Clock } from '#kit/clock.ts';
import { sendError } from '#kit/error-answers.ts';
import { createHealth, serveHealth, type Health } from '#kit/health.ts';
import { injectFaults } from '#kit/http-faults.ts';
import { measureHttp } from '#kit/http-metrics.ts';
import { createHttpServer, markAnswers, type HttpServer } from '#kit/http-server.ts';
import type { Instance } from '#kit/instance.ts';
import type { ServiceFaults } from '#kit/service-faults.ts';
import { ratedFromModel } from '#policy/headroom.ts';
import { createOvens, step, wakeAtMs, type OvensAction, type OvensEvent } from '#policy/ovens.ts';
import { createRandom, lognormal, seedOf } from '#policy/random.ts';
import { BakedLog } from './baked-log.ts';
import type { KitchenConfig } from './config.ts';

/** Eight minutes of a kitchen at its limit. */
const BAKED_KEYS_MAX = 50_000;

export interface KitchenOptions {
  config: KitchenConfig;
  instance: Instance;
  log: FastifyBaseLogger;
  metrics: Registry;
  clock: Clock;
  faults: ServiceFaults;
}

export interface Kitchen {
  traffic: HttpServer;
  admin: HttpServer;
  health: Health;
}

/** Builds the kitchen without ports. */
export function createKitchen(options: KitchenOptions): Kitchen {
  const { config, instance, log, metrics, clock, faults } = options;
  const ovens = createOvens(config.KITCHEN_OVENS, config.KITCHEN_BAKE_MEAN_MS);
  const random = createRandom(seedOf(config.KITCHEN_SEED, instance.id));
  const bakedLog = new BakedLog(BAKED_KEYS_MAX);
  const place = instance.endpoint.az === null ? '' : `;desc="${instance.endpoint.az}"`;
  const counters = registerMetrics(metrics, ovens, config.KITCHEN_BAKE_MEAN_MS);
  const waiting = new Map<number, { reply: FastifyReply; pizza: string }>();
  let callers = 0;
  let alarm: { atMs: number; cancel: () => void } | null = null;

  const feed = (event: OvensEvent): void => {
    for (const action of step(ovens, event, clock.nowMs())) act(action);
    armAlarm();
  };

  const act = (action: OvensAction): void => {
    if (action.type === 'bake') {
      const bakeMs = lognormal(random, config.KITCHEN_BAKE_MEAN_MS, config.KITCHEN_BAKE_CV);
      clock.after(bakeMs, () => {
        counters.baked.inc();
        if (bakedLog.add(action.key)) counters.bakedTwice.inc();
        feed({ type: 'bake.finished', key: action.key, bakeMs });
      });
      return;
    }
    for (const caller of action.callers) {
      const waiter = waiting.get(caller);
      waiting.delete(caller);
      if (waiter === undefined) continue;
      if (action.type === 'refuse') sendError(waiter.reply, new AzimuthError(action.code));
      else answerOrder(waiter.reply, { order: action.key, pizza: waiter.pizza, kitchen: instance.id, bakeMs: action.bakeMs }, place);
    }
  };

  const armAlarm = (): void => {
    const atMs = wakeAtMs(ovens);
    if (alarm !== null && alarm.atMs === atMs) return;
    alarm?.cancel();
    alarm = null;
    if (atMs === Infinity) return;
    const cancel = clock.after(atMs - clock.nowMs(), () => {
      alarm = null;
      feed({ type: 'tick' });
    });
    alarm = { atMs, cancel };
  };

  const load = () => ({ busy: ovens.baking.size, waiting: ovens.waiting.size, limit: ovens.ovens });
  const health = createHealth(instance, { load });
  const traffic = createHttpServer(log);
  markAnswers(traffic, { id: instance.id, az: instance.endpoint.az });
  measureHttp(traffic, metrics);
  injectFaults(traffic, faults);
  serveHealth(traffic, health, faults);
  const schema = { headers: OrderHeadersSchema, body: OrderSchema, response: { 201: OrderAnswerSchema } };
  traffic.post('/orders', { schema }, (request, reply) => {
    const key = request.headers[HEADER.idempotencyKey];
    const deadline = request.headers[HEADER.deadlineMs];
    const caller = (callers += 1);
    waiting.set(caller, { reply, pizza: request.body.pizza });
    reply.raw.once('close', () => {
      if (reply.raw.writableFinished) return;
      waiting.delete(caller);
      feed({ type: 'caller.left', caller, key });
    });
    feed({ type: 'order.arrived', caller, key, budgetMs: deadline === undefined ? null : Number(deadline) });
  });

  const admin = createAdminServer({
    log,
    metrics,
    health,
    ready: () => ({ ready: !health.draining, checks: { ovens: { ok: true, detail: `${ovens.baking.size} of ${ovens.ovens} busy, ${ovens.waiting.size} waiting` } } }),
    faults,
  });
  admin.put('/ovens', { schema: { body: OvensSchema } }, (request, reply) => {
    feed({ type: 'ovens.changed', ovens: request.body.ovens });
    reply.code(204).send();
  });
  admin.get('/baked', { schema: { querystring: SeqQuery } }, (request): BakedAnswer => bakedLog.answer(Number(request.query.after)));
  return { traffic, admin, health };
}

/** Oven time is what the recipe took, not what the clock says: a frozen kitchen must not explain itself away. */
function answerOrder(reply: FastifyReply, order: OrderAnswer, place: string): void {
  const bakeMs = Math.round(order.bakeMs * 1000) / 1000;
  reply.code(201).header(HEADER.serverTiming, `oven;dur=${bakeMs}${place}`).send({ ...order, bakeMs });
}

function registerMetrics(registry: Registry, ovens: ReturnType<typeof createOvens>, bakeMeanMs: number) {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge(METRIC.ovens, 'Ovens of this kitchen.', () => ovens.ovens);
  gauge(METRIC.kitchenRated, 'Orders per second that this kitchen is rated for, by the model.', () => ratedFromModel(ovens.ovens, bakeMeanMs));
  gauge(METRIC.ovensBusy, 'Ovens that bake.', () => ovens.baking.size);
  gauge(METRIC.ordersWaiting, 'Orders that wait for an oven.', () => ovens.waiting.size);
  let counted = 0;
  new Counter({
    name: METRIC.ordersExpired,
    help: 'Orders dropped because their deadline passed before an oven was free.',
    registers,
    collect() {
      this.inc(ovens.expired - counted);
      counted = ovens.expired;
    },
  });
  return {
    baked: new Counter({ name: METRIC.ordersBaked, help: 'Orders that left an oven.', registers }),
    bakedTwice: new Counter({ name: METRIC.ordersBakedTwice, help: 'Orders that left an oven of this kitchen a second time.', registers }),
  };
}
