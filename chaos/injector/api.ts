/**
 * The injector's HTTP API: the routes of `contracts/api-routes.ts`, behind the guard of `chaos/api`. The controller, in
 * front of it, offers the same to people.
 */
import type { FastifyInstance } from 'fastify';
import { INJECTOR_ROUTES as ROUTES } from '#contracts/api-routes.ts';
import { AzimuthError } from '#contracts/errors.ts';
import type { VerdictReport } from '#contracts/verdict-report.ts';
import { createGuardedServer, type GuardOptions } from '../api/guarded-server.ts';
import type { Injector } from './injector.ts';
import { open } from './instance-call.ts';
import { askInstance } from './observations.ts';

const SUMMARY_WINDOW_MS_MAX = 60_000;
const INSTANCE_TIMEOUT_MS = 2000;
/** A page of records is up to some megabytes. */
const RECORDS_TIMEOUT_MS = 15_000;
const RECORD_HEADERS = Object.keys(ROUTES.records.answers[200].headers ?? {});

export interface ApiOptions extends GuardOptions {
  /** @returns false when it keeps no more */
  onVerdict?: (report: VerdictReport) => boolean;
}

/** @returns an instance without a port */
export function createApi(injector: Injector, { onVerdict = () => true, ...guard }: ApiOptions): FastifyInstance {
  const app = createGuardedServer(guard);

  app.get(ROUTES.status.url, () => injector.status());
  app.get(ROUTES.region.url, () => injector.region);
  app.get(ROUTES.running.url, () => injector.running());
  app.get(ROUTES.serving.url, async (_request, reply) => {
    const missing = await injector.missing();
    return reply.code(missing.length === 0 ? 200 : 503).send({ serving: missing.length === 0, missing });
  });

  app.get(ROUTES.faults.url, () => ({ faults: injector.faults(), atMs: Date.now() }));
  app.post(ROUTES.break.url, { schema: ROUTES.break.schema }, async (request, reply) => {
    if (request.query.dryRun === 'true') return injector.plan(request.body);
    const fault = await injector.break(request.body);
    return reply.code(201).header('location', `/v1/faults/${fault.id}`).send(fault);
  });
  app.put(ROUTES.renew.url, { schema: ROUTES.renew.schema }, (request) =>
    injector.renew(request.params.id, request.body.leaseMs),
  );
  app.delete(ROUTES.healFault.url, { schema: ROUTES.healFault.schema }, (request) => injector.healFault(request.params.id));
  app.post(ROUTES.heal.url, { schema: ROUTES.heal.schema }, (request) => injector.heal(request.body.target));

  app.get(ROUTES.residue.url, async () => ({ residue: await injector.residue(), atMs: Date.now() }));
  app.get(ROUTES.lever.url, () => injector.lever());
  app.put(ROUTES.setLever.url, { schema: ROUTES.setLever.schema }, (request) => injector.setLever(request.body));

  app.put(ROUTES.traffic.url, { schema: ROUTES.traffic.schema }, async (request, reply) =>
    passOn(reply, await injector.traffic(request.body)),
  );
  app.put(ROUTES.settings.url, { schema: ROUTES.settings.schema }, (request) => injector.settings(request.body));

  app.put(ROUTES.tellVerdict.url, { schema: ROUTES.tellVerdict.schema }, (request, reply) => {
    if (!onVerdict(request.body)) throw new AzimuthError('AZ_CONFLICT', 'there are too many experiments to show another');
    reply.code(204).send();
  });

  app.get(ROUTES.summary.url, { schema: ROUTES.summary.schema }, (request) => {
    const windowMs = Number(request.query.windowMs);
    if (windowMs < 1 || windowMs > SUMMARY_WINDOW_MS_MAX) throw new AzimuthError('AZ_BAD_REQUEST', `windowMs: 1 to ${SUMMARY_WINDOW_MS_MAX}`);
    return injector.summary(windowMs);
  });
  app.get(ROUTES.records.url, { schema: ROUTES.records.schema }, async (request, reply) => {
    const { admin, name } = injector.customers();
    if (admin === null) throw new AzimuthError('AZ_UNSUPPORTED', `${name} has no admin address`);
    const path = `/records${query(request.query)}`;
    const answer = await open(admin, { method: 'GET', path, timeoutMs: RECORDS_TIMEOUT_MS }).catch(() => {
      throw new AzimuthError('AZ_INSTANCE_SILENT', name);
    });
    for (const header of ['content-type', ...RECORD_HEADERS]) if (answer.headers[header] !== undefined) reply.header(header, answer.headers[header]);
    return reply.code(answer.statusCode).send(answer.body);
  });

  app.get(ROUTES.instance.url, { schema: ROUTES.instance.schema }, async (request, reply) => {
    const { name, what } = request.params;
    const call = { method: 'GET' as const, path: `/${what}${query(request.query)}`, timeoutMs: INSTANCE_TIMEOUT_MS };
    return passOn(reply, await askInstance(injector.instance(name), call));
  });
  return app;
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
