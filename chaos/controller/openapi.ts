/** The OpenAPI document of the API, drawn from the schemas that requests are checked against, and from what each route says that it answers. */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { Type, type TObject } from 'typebox';
import { json, type ApiAnswer, type ApiAnswers } from '#contracts/api-answer.ts';
import { API_SCHEMAS } from '#contracts/api-schemas.ts';
import { ErrorAnswerSchema } from '#contracts/error-answer.ts';
import { HEADER } from '#contracts/headers.ts';
import type { HttpServer } from '#kit/http-server.ts';
import { SchemaReferences } from './schema-references.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For the document alone: what is sent is not made by them. */
    answers?: ApiAnswers;
  }
}

const REFUSAL = json('Nothing was done, or it could not be: error.code is stable, error.message says what to do', ErrorAnswerSchema, { [HEADER.error]: Type.String({ description: 'The same as error.code' }) });

/** To be called before the routes are added. */
export function describeApi(app: HttpServer, version: string): void {
  const references = new SchemaReferences(API_SCHEMAS);
  const options: FastifyDynamicSwaggerOptions = {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Azimuth', version, description: 'Look at a region, break it, heal it, and run experiments on it.' },
      tags: [
        { name: 'region', description: 'Answered by the injector' },
        { name: 'runs', description: 'Experiments' },
        { name: 'events', description: 'Server-sent events; Last-Event-ID goes on where the last connection ended' },
      ],
      components: { schemas: references.components },
    },
    transform: ({ schema, url, route }) => {
      const answers = Object.entries<ApiAnswer>({ ...route.config?.answers, '4xx': REFUSAL, '5xx': REFUSAL });
      const { params, ...rest } = (schema ?? {}) as { params?: TObject };
      const described = { ...rest, ...(params === undefined ? {} : { params: namedWildcard(params) }), response: Object.fromEntries(answers.map(([status, answer]) => [status, asSwagger(answer)])) };
      return { schema: references.refer(described), url: url.replace(/\*$/, ':path') };
    },
  };
  void app.register(swagger, options);
}

/** What has no body is a null to it. */
function asSwagger(answer: ApiAnswer): object {
  return answer.content === undefined ? { ...answer, type: 'null' } : answer;
}

/** A path at the end of a route has no name that a document could have. */
function namedWildcard({ properties: { '*': path, ...others } }: TObject): TObject {
  return Type.Object({ ...others, ...(path === undefined ? {} : { path }) });
}

export function serveOpenApi(app: HttpServer): void {
  const answers = { 200: json('OpenAPI 3.1', Type.Record(Type.String(), Type.Unknown())) };
  app.get('/v1/openapi.json', { config: { answers }, schema: { operationId: 'openapi', tags: ['region'], summary: 'This document' } }, () => app.swagger());
}
