/** Holds what an injector's API answers against the table of its routes: the controller describes the API to people from nothing else. */
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { INJECTOR_ROUTES, type ApiRoute } from '#contracts/api-routes.ts';
import { HEADER } from '#contracts/headers.ts';

/**
 * Answers that are neither a refusal of the catalogue nor in the table, `201 POST /v1/faults`, or whose body is not as the
 * table has it, with that; they are added as they are given.
 * @param app before its first request
 */
export function unlistedAnswers(app: FastifyInstance): readonly string[] {
  const found: string[] = [];
  app.addHook('onSend', async ({ method, routeOptions: { url } }, reply, payload) => {
    // A HEAD is a GET whose body is left out.
    const asked = method === 'HEAD' ? 'GET' : method;
    const listed = Object.values<ApiRoute>(INJECTOR_ROUTES).find((route) => route.url === url && route.method === asked)?.answers ?? {};
    if (reply.getHeader(HEADER.error) !== undefined) return;
    const at = `${reply.statusCode} ${method} ${url}`;
    const answer = listed[reply.statusCode];
    if (answer === undefined) found.push(at);
    const schema = answer?.content?.['application/json']?.schema;
    if (schema !== undefined && method !== 'HEAD' && !Value.Check(schema, JSON.parse(payload as string))) found.push(`${at} ${payload as string}`);
  });
  return found;
}
