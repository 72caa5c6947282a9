/**
 * The admin address of a program: what it measures, how it is, and its switches. Customers never reach it,
 * and balancers never eject by it. Programs add their own routes before it listens.
 */
import { Type } from 'typebox';
import type { FastifyBaseLogger } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import { BalancerSettingsSchema, ShiftSchema, type CountersAnswer, type EventsAnswer, type Shift, type TargetsAnswer } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import type { UpstreamOpinion } from '#contracts/faults.ts';
import { METRIC } from '#contracts/metrics.ts';
import { serveHealth, type Health } from './health.ts';
import { serveFaultPlan } from './http-faults.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import type { ServiceFaults } from './service-faults.ts';

/** Answer of `GET /readyz`: detail for people and dashboards, never used to eject. */
export interface ReadyDetail {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail: string }>;
}

/** What the admin address shows and turns of one balanced client. */
export interface ObservedBalancer {
  opinion(): UpstreamOpinion;
  events(afterSeq: number): EventsAnswer;
  counters(): CountersAnswer['upstreams'][string];
  shift(zone: string, shift: Shift): void;
  cancelShift(zone: string): void;
  setRescue(on: boolean): void;
}

export interface AdminServerOptions {
  log: FastifyBaseLogger;
  metrics: Registry;
  health: Health;
  ready: () => ReadyDetail;
  /** By upstream. Their event numbers come from one sequence of the process. */
  balancers?: Readonly<Record<string, ObservedBalancer>>;
  /** What it can be told to do wrong; absent for what breaks only as a whole. */
  faults?: ServiceFaults;
}

/** Query of a list that is read on from where the last answer ended: `?after=<nextSeq of the last answer>`. */
export const SeqQuery = Type.Object({ after: Type.String({ pattern: '^[0-9]{1,15}$', default: '0' }) });
const ZoneParams = Type.Object({ zone: Type.String({ minLength: 1, maxLength: 64 }) });

/** @returns an instance without a port. */
export function createAdminServer(options: AdminServerOptions): HttpServer {
  const app = createHttpServer(options.log);
  serveHealth(app, options.health);
  app.get('/readyz', (_request, reply) => {
    const detail = options.ready();
    reply.code(detail.ready ? 200 : 503).send(detail);
  });
  const spent = new Counter({ name: METRIC.scrapeSeconds, help: 'Processor time spent on rendering these metrics, in seconds.', registers: [options.metrics] });
  app.get('/metrics', async (_request, reply) => {
    // Nothing that is measured waits, so what passes between the two is this alone, but for the odd request in between.
    const before = process.cpuUsage();
    const text = await options.metrics.metrics();
    const { user, system } = process.cpuUsage(before);
    spent.inc((user + system) / 1e6);
    reply.header('content-type', options.metrics.contentType);
    return text;
  });
  if (options.balancers !== undefined) serveBalancers(app, options.balancers);
  if (options.faults !== undefined) serveFaultPlan(app, options.faults);
  return app;
}

function serveBalancers(app: HttpServer, byUpstream: Readonly<Record<string, ObservedBalancer>>): void {
  const balancers = Object.values(byUpstream);
  app.get('/targets', (): TargetsAnswer => ({ upstreams: balancers.map((balancer) => balancer.opinion()) }));
  app.get('/events', { schema: { querystring: SeqQuery } }, (request) => {
    const after = Number(request.query.after);
    return mergeEvents(after, balancers.map((balancer) => balancer.events(after)));
  });
  app.get('/counters', (): CountersAnswer => ({
    upstreams: Object.fromEntries(Object.entries(byUpstream).map(([upstream, balancer]) => [upstream, balancer.counters()])),
  }));
  app.put('/shifts/:zone', { schema: { params: ZoneParams, body: ShiftSchema } }, (request, reply) => {
    const { zone } = request.params;
    const concerned = balancers.filter((balancer) => balancer.opinion().targets.some((target) => target.zone === zone));
    if (concerned.length === 0) throw new AzimuthError('AZ_UNKNOWN_TARGET', `zone ${zone}`);
    for (const balancer of concerned) balancer.shift(zone, request.body);
    reply.code(204).send();
  });
  app.delete('/shifts/:zone', { schema: { params: ZoneParams } }, (request, reply) => {
    for (const balancer of balancers) balancer.cancelShift(request.params.zone);
    reply.code(204).send();
  });
  app.put('/settings', { schema: { body: BalancerSettingsSchema } }, (request, reply) => {
    for (const balancer of balancers) balancer.setRescue(request.body.rescue);
    reply.code(204).send();
  });
}

/** One list in order of the process's sequence. */
function mergeEvents(after: number, answers: EventsAnswer[]): EventsAnswer {
  return {
    events: answers.flatMap((answer) => answer.events).sort((a, b) => a.seq - b.seq),
    nextSeq: Math.max(after, ...answers.map((answer) => answer.nextSeq)),
    dropped: answers.some((answer) => answer.dropped),
  };
}
