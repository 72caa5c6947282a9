/**
 * The reference's manners as an HTTP server, which its clients and their users have come to rely on: error
 * bodies that are JSON and say they are text, 405 without `Allow`, no HEAD, no trailing slashes, 301 for a
 * doubled one, content types of requests ignored, browsers refused (a page must not be able to drive it).
 * Ours are the limit on bodies and the header that says who really answers.
 */
import { randomUUID } from 'node:crypto';
import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Refusal } from './refusal.ts';
import { canonicalTarget, cleanTarget, pathOf } from './request-path.ts';

/** Longer bodies are answered 413 and not kept; a proxy takes some 100 bytes. The reference has no limit. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

const READ_TIMEOUT_MS = 15_000;
const WRITE_TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 60_000;
/** How often Node looks for requests that are late. */
const CHECK_INTERVAL_MS = 1000;
/** A path's parameter may be as long as Node lets a request's head be. */
const PARAM_LENGTH_MAX = 16 * 1024;

const REQUEST_ID = 'x-toxiproxy-request-id';
const IMPLEMENTATION = 'x-toxiproxy-implementation';
const TEXT = 'text/plain; charset=utf-8';

interface FastifyFailure extends Error {
  code?: string;
  statusCode?: number;
}

export interface HttpRules {
  log: Logger;
  /** Such as `azimuth/0.1.0`, on every answer. */
  implementation: string;
  /** Paths that exist, for any method: the others of theirs are 405. */
  paths: readonly RegExp[];
}

/** @returns an instance without routes and without a port; bodies arrive as text */
export function createRuledServer({ log, implementation, paths }: HttpRules): FastifyInstance {
  const app = fastify({
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => '',
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    exposeHeadRoutes: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: READ_TIMEOUT_MS,
    connectionTimeout: WRITE_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    http: { headersTimeout: READ_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS },
    forceCloseConnections: 'idle',
    rewriteUrl: ({ url = '/' }) => canonicalTarget(url),
    frameworkErrors: (_error, _request, reply) => void (reply as unknown as FastifyReply).code(400).header('content-type', TEXT).send('400 Bad Request'),
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return void socket.destroy();
      socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-type: ${TEXT}\r\nconnection: close\r\n\r\n400 Bad Request`, () => socket.destroy());
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(IMPLEMENTATION, implementation);
    const refused = refuseByPath(request, reply, paths) || refuseByMatch(request, reply);
    // Fastify would refuse a malformed one, which the reference does not look at.
    delete request.raw.headers['content-type'];
    if (!refused) done();
  });
  app.setErrorHandler((error: FastifyFailure, request, reply) => sendRefusal(reply, toRefusal(error, request, log)));
  return app;
}

/** Whatever went wrong as an answer; what nobody foresaw is logged. */
export function toRefusal(error: FastifyFailure, request: FastifyRequest, log: Logger): Refusal {
  if (error instanceof Refusal) return error;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Refusal(413, `request body too large: at most ${BODY_BYTES_MAX} bytes`);
  if (error.statusCode !== undefined && error.statusCode < 500) return new Refusal(error.statusCode, error.message);
  log.error({ err: error, method: request.method, url: request.url }, 'request.failed');
  return new Refusal(500, 'internal error');
}

/** Answers with JSON; a buffer, because Fastify would put a charset to a string's content type. */
export function sendJson(reply: FastifyReply, status: number, value: unknown, type = 'application/json'): FastifyReply {
  return reply.code(status).header('content-type', type).send(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

function sendRefusal(reply: FastifyReply, { status, message }: Refusal): FastifyReply {
  reply.header('x-content-type-options', 'nosniff');
  return sendJson(reply, status, `${JSON.stringify({ error: message, status })}\n`, TEXT);
}

/** A path that is not clean is sent to the clean one, whether that exists or not. */
function refuseByPath(request: FastifyRequest, reply: FastifyReply, paths: readonly RegExp[]): boolean {
  const clean = cleanTarget(request.url);
  if (clean !== null) {
    reply.code(301).header('location', clean).send();
    return true;
  }
  const path = pathOf(request.url);
  if (!request.is404) return path.endsWith('/') ? notFound(reply) : false;
  if (!paths.some((known) => known.test(path))) return notFound(reply);
  reply.code(405).send();
  return true;
}

function refuseByMatch(request: FastifyRequest, reply: FastifyReply): boolean {
  reply.header(REQUEST_ID, randomUUID());
  if (!request.headers['user-agent']?.startsWith('Mozilla/')) return false;
  sendPlain(reply, 403, 'User agent not allowed\n');
  return true;
}

function notFound(reply: FastifyReply): true {
  sendPlain(reply, 404, '404 page not found\n');
  return true;
}

function sendPlain(reply: FastifyReply, status: number, text: string): void {
  reply.code(status).header('content-type', TEXT).header('x-content-type-options', 'nosniff').send(text);
}
