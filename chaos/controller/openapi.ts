/** The OpenAPI document of the API, drawn from the schemas that its routes are checked against. */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { ApiRoute } from '#contracts/api-routes.ts';
import type { HttpServer } from '#kit/http-server.ts';

const REFUSAL = {
  description: 'Nothing was done, or it could not be: error.code is stable, error.message says what to do',
  type: 'object', required: ['error'],
  properties: { error: { type: 'object', required: ['code', 'message'], properties: { code: { type: 'string', pattern: '^AZ_[A-Z0-9_]+$' }, message: { type: 'string' } } } },
};

/** To be called before the routes are added. */
export function describeApi(app: HttpServer, version: string): void {
  const options: FastifyDynamicSwaggerOptions = {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Azimuth', version, description: 'Look at a region, break it, heal it, and run experiments on it.' },
      tags: [
        { name: 'region', description: 'Answered by the injector' },
        { name: 'runs', description: 'Experiments' },
        { name: 'events', description: 'Server-sent events; Last-Event-ID goes on where the last connection ended' },
      ],
    },
    transform: ({ schema, url }) => {
      const { response, summary, ...rest } = (schema ?? {}) as { response?: object; summary?: string; tags?: readonly string[] };
      const description = summary ?? 'Done';
      const success = response ?? (rest.tags?.includes('events') === true ? { 200: { description, content: { 'text/event-stream': { schema: { type: 'string' } } } } } : { 200: { description } });
      return { schema: { ...rest, ...(summary === undefined ? {} : { summary }), response: { ...success, '4xx': REFUSAL, '5xx': REFUSAL } }, url };
    },
  };
  void app.register(swagger, options);
}

/** The `response` of a route whose bodies have no schema. A 204 has no body at all. */
export function describedAnswers(answers: ApiRoute['answers']): Record<string, object> {
  return Object.fromEntries(Object.entries(answers).map(([status, description]) => [status, { description, ...(status === '204' ? { type: 'null' } : {}) }]));
}

export function serveOpenApi(app: HttpServer): void {
  app.get('/v1/openapi.json', { schema: { tags: ['region'], summary: 'This document' } }, () => app.swagger());
}
