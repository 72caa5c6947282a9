/**
 * The injector's HTTP API, `/v1/…`. Every request passes the guard of `request-guard.ts` first: this port
 * can kill processes, and any page in a browser on this machine can reach it.
 */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { AzimuthError } from '#contracts/errors.ts';
import { FaultRequestSchema, HealRequestSchema, LeaseRequestSchema, LeverRequestSchema, SettingsRequestSchema, TrafficRequestSchema } from '#contracts/faults.ts';
import { VerdictReportSchema, type VerdictReport } from '#contracts/verdict-report.ts';
import { createHttpServer } from '#kit/http-server.ts';
import type { Injector } from './injector.ts';
import { open } from './instance-call.ts';
import { askInstance } from './observations.ts';
import { refuseRequest } from './request-guard.ts';

/** What customers keep in mind for people who watch. */
const SUMMARY_WINDOW_MS_MAX = 60_000;
const SUMMARY_WINDOW_MS = 10_000;
const INSTANCE_TIMEOUT_MS = 2000;
/** A page of records is up to some megabytes. */
const RECORDS_TIMEOUT_MS = 15_000;
const RECORDS_HEADERS = ['content-type', 'x-next-seq', 'x-dropped'];

const Digits = (fallback: number) => Type.String({ pattern: '^[0-9]{1,15}$', default: String(fallback) });
const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
const BreakQuery = Type.Object({ dryRun: Type.Optional(Type.Enum(['true', 'false'])) }, { additionalProperties: false });
const SummaryQuery = Type.Object({ windowMs: Digits(SUMMARY_WINDOW_MS) });
const RecordsQuery = Type.Object({ after: Type.Optional(Digits(0)), limit: Type.Optional(Digits(0)) });
const AfterQuery = Type.Object({ after: Type.Optional(Digits(0)) });
const Observed = Type.Object({
  name: Type.String({ maxLength: 64 }),
  what: Type.Enum(['targets', 'events', 'counters', 'baked']),
});

export interface ApiOptions {
  /** The one that it will listen on: part of what the Host header must say. */
  port: number;
  log: FastifyBaseLogger;
  /** What else the Host header may say, in lower case; asked at every request. */
  alsoKnownAs?: () => readonly string[];
  /** @returns false when it keeps no more */
  onVerdict?: (report: VerdictReport) => boolean;
}

/** @returns an instance without a port */
export function createApi(injector: Injector, { port, log, alsoKnownAs = () => [], onVerdict = () => true }: ApiOptions): FastifyInstance {
  const app = createHttpServer(log);
  readJsonOnly(app);
  app.addHook('onRequest', (request, _reply, done) => {
    const refusal = refuseRequest(request, port, alsoKnownAs());
    done(refusal === null ? undefined : new AzimuthError(refusal.code, refusal.detail));
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A figure that a cache or a sniffing browser gets wrong is worse than none.
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    done(null, payload);
  });

  app.get('/v1/status', () => injector.status());
  app.get('/v1/region', () => injector.region);
  app.get('/v1/running', () => injector.running());
  app.get('/v1/serving', async (_request, reply) => {
    const missing = await injector.missing();
    return reply.code(missing.length === 0 ? 200 : 503).send({ serving: missing.length === 0, missing });
  });

  app.get('/v1/faults', () => ({ faults: injector.faults(), atMs: Date.now() }));
  app.post('/v1/faults', { schema: { querystring: BreakQuery, body: FaultRequestSchema } }, async (request, reply) => {
    if (request.query.dryRun === 'true') return injector.plan(request.body);
    const fault = await injector.break(request.body);
    return reply.code(201).header('location', `/v1/faults/${fault.id}`).send(fault);
  });
  app.put('/v1/faults/:id/lease', { schema: { params: Id, body: LeaseRequestSchema } }, (request) =>
    injector.renew(request.params.id, request.body.leaseMs),
  );
  app.delete('/v1/faults/:id', { schema: { params: Id } }, (request) => injector.healFault(request.params.id));
  app.post('/v1/heal', { schema: { body: HealRequestSchema } }, (request) => injector.heal(request.body.target));

  app.get('/v1/residue', async () => ({ residue: await injector.residue(), atMs: Date.now() }));
  app.get('/v1/lever', () => injector.lever());
  app.put('/v1/lever', { schema: { body: LeverRequestSchema } }, (request) => injector.setLever(request.body));

  app.put('/v1/traffic', { schema: { body: TrafficRequestSchema } }, async (request, reply) =>
    passOn(reply, await injector.traffic(request.body)),
  );
  app.put('/v1/settings', { schema: { body: SettingsRequestSchema } }, (request) => injector.settings(request.body));

  app.put('/v1/verdicts', { schema: { body: VerdictReportSchema } }, (request, reply) => {
    if (!onVerdict(request.body)) throw new AzimuthError('AZ_CONFLICT', 'there are too many experiments to show another');
    reply.code(204).send();
  });

  app.get('/v1/customers/summary', { schema: { querystring: SummaryQuery } }, (request) => {
    const windowMs = Number(request.query.windowMs);
    if (windowMs < 1 || windowMs > SUMMARY_WINDOW_MS_MAX) throw new AzimuthError('AZ_BAD_REQUEST', `windowMs: 1 to ${SUMMARY_WINDOW_MS_MAX}`);
    return injector.summary(windowMs);
  });
  app.get('/v1/customers/records', { schema: { querystring: RecordsQuery } }, async (request, reply) => {
    const { admin, name } = injector.customers();
    if (admin === null) throw new AzimuthError('AZ_UNSUPPORTED', `${name} has no admin address`);
    const path = `/records${query(request.query)}`;
    const answer = await open(admin, { method: 'GET', path, timeoutMs: RECORDS_TIMEOUT_MS }).catch(() => {
      throw new AzimuthError('AZ_INSTANCE_SILENT', name);
    });
    for (const header of RECORDS_HEADERS) if (answer.headers[header] !== undefined) reply.header(header, answer.headers[header]);
    return reply.code(answer.statusCode).send(answer.body);
  });

  app.get('/v1/instances/:name/:what', { schema: { params: Observed, querystring: AfterQuery } }, async (request, reply) => {
    const { name, what } = request.params;
    const call = { method: 'GET' as const, path: `/${what}${query(request.query)}`, timeoutMs: INSTANCE_TIMEOUT_MS };
    return passOn(reply, await askInstance(injector.instance(name), call));
  });
  return app;
}

/** No other parser: a form or plain text is what a page may send to another origin without asking. */
function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null, {});
    parse(request, text as string, (error, value) => {
      if (error === null) return done(null, value);
      done(new AzimuthError('AZ_BAD_REQUEST', `the body is no JSON: ${error.message.slice(0, 200)}`));
    });
  });
}

function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/** An instance's own answer, errors included. */
function passOn(
  reply: { code(status: number): { type(mime: string): { send(text: string): unknown } } },
  { status, text }: { status: number; text: string },
): unknown {
  return reply.code(status).type('application/json; charset=utf-8').send(text);
}
