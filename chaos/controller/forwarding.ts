/**
 * Passes on to the injector what people ask of the region: the routes of the contract and nothing else, with bodies that
 * their schema lets through. Answers come back as they are, byte by byte; an injector that does not answer is named.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { INJECTOR_ROUTES, type ApiRoute } from '#contracts/api-routes.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';
import type { NetworkAddress } from '#contracts/region.ts';
import type { HttpServer } from '#kit/http-server.ts';
import { open } from '../injector/instance-call.ts';

const HEADERS_BACK = ['content-type', HEADER.error] as const;
/** What undici and this process call a wait that was too long. */
const TIMEOUTS = ['TimeoutError', 'ConnectTimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError'];

export function forwardRoutes(app: HttpServer, injector: NetworkAddress): void {
  for (const [operationId, route] of Object.entries<ApiRoute>(INJECTOR_ROUTES)) {
    const { method, url, summary, schema, answers } = route;
    app.route({ method, url, config: { answers }, schema: { operationId, summary, tags: ['region'], ...schema }, handler: (request, reply) => forward(injector, route, request, reply) });
  }
}

async function forward(injector: NetworkAddress, route: ApiRoute, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = { method: route.method, path: pathOf(route, request), timeoutMs: route.timeoutMs, ...(route.schema.body === undefined ? {} : { body: request.body }) };
  const answer = await open(injector, call).catch((error: Error) => {
    throw new AzimuthError(TIMEOUTS.includes(error.name) ? 'AZ_INJECTOR_SILENT' : 'AZ_INJECTOR_GONE', error.message.slice(0, 200));
  });
  for (const header of [...HEADERS_BACK, ...Object.keys(route.answers[answer.statusCode]?.headers ?? {})]) if (answer.headers[header] !== undefined) reply.header(header, answer.headers[header]);
  return reply.code(answer.statusCode).send(answer.body);
}

/** Only what the schema names: what it does not is not passed on. */
function pathOf({ url, schema }: ApiRoute, request: FastifyRequest): string {
  const params = request.params as Record<string, string>;
  const path = url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const given = request.query as Record<string, string | undefined>;
  const query = new URLSearchParams();
  for (const name of Object.keys(schema.querystring?.properties ?? {})) if (given[name] !== undefined) query.set(name, given[name]);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
