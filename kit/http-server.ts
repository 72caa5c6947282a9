/**
 * The Fastify instance that every program of the region starts from, with the time limits on which the
 * keep-alive race depends: a server that closes an idle connection just as the client writes into it makes
 * a healthy pair fail. Clients of the region let connections go after 4 s of idling, servers after 72 s, so
 * the server is never first (https://github.com/nodejs/node/issues/27363).
 */
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { HEADER } from '#contracts/headers.ts';
import { answerErrors, answerParserError } from './error-answers.ts';

const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** Above the keep-alive timeout, because Node counts an idle connection's wait for headers from its last answer. */
const HEADERS_TIMEOUT_MS = 75_000;
/** A request that has not arrived completely by then is refused; Node demands no less than the headers' limit. */
const REQUEST_TIMEOUT_MS = 80_000;
/** An order is some hundred bytes. */
const BODY_BYTES_MAX = 64 * 1024;

/** Fastify that knows the types of TypeBox schemas. */
export type HttpServer = ReturnType<typeof createHttpServer>;

/**
 * @param log without access log; one logger for all requests, because a child for each costs more than it tells
 * @returns an instance without routes and without a port, answering errors from the catalogue
 */
export function createHttpServer(log: FastifyBaseLogger) {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent) => parent,
    requestIdHeader: HEADER.requestId,
    genReqId: () => '',
    bodyLimit: BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    forceCloseConnections: 'idle',
    clientErrorHandler: answerParserError,
    // Values arrive typed; "8" for 8 is a mistake of the caller's that must not pass silently.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  answerErrors(app);
  return app;
}

/** Marks every answer of the traffic port with who gave it, refusals included. */
export function markAnswers(app: FastifyInstance, instance: { id: string; az: string | null }): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (instance.az !== null) reply.header(HEADER.az, instance.az);
    reply.header(HEADER.servedBy, instance.id);
    done();
  });
}
