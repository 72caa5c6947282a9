/** Holds what an injector's API answers against the table of its routes: the controller describes the API to people from nothing else. */
import type { FastifyInstance } from 'fastify';
import { INJECTOR_ROUTES, type ApiRoute } from '#contracts/api-routes.ts';
import { HEADER } from '#contracts/headers.ts';

/**
 * Answers that are neither a refusal of the catalogue nor in the table, `201 POST /v1/faults`; they are added as they are given.
 * @param app before its first request
 */
export function unlistedAnswers(app: FastifyInstance): readonly string[] {
  const found: string[] = [];
  app.addHook('onResponse', async ({ method, routeOptions: { url } }, reply) => {
    // A HEAD is a GET whose body is left out.
    const asked = method === 'HEAD' ? 'GET' : method;
    const listed = Object.values<ApiRoute>(INJECTOR_ROUTES).find((route) => route.url === url && route.method === asked)?.answers ?? {};
    if (reply.getHeader(HEADER.error) === undefined && !(reply.statusCode in listed)) found.push(`${reply.statusCode} ${method} ${url}`);
  });
  return found;
}
