/**
 * The server that an API of the region starts from, the injector's and the controller's: every request passes the guard
 * of `request-guard.ts` first, since the port can kill processes and any page in a browser on this machine can reach it;
 * bodies are JSON and nothing else; no answer is kept by a cache.
 */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { AzimuthError } from '#contracts/errors.ts';
import { createHttpServer, type HttpServer } from '#kit/http-server.ts';
import { refuseRequest } from './request-guard.ts';

/** A figure that a cache or a sniffing browser gets wrong is worse than none. */
export const ANSWER_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

export interface GuardOptions {
  /** The one that it will listen on: part of what the Host header must say. */
  port: number;
  log: FastifyBaseLogger;
  /** What else the Host header may say, in lower case; asked at every request. */
  alsoKnownAs?: () => readonly string[];
}

/** @returns an instance without routes and without a port */
export function createGuardedServer({ port, log, alsoKnownAs = () => [] }: GuardOptions): HttpServer {
  const app = createHttpServer(log);
  readJsonOnly(app);
  app.addHook('onRequest', (request, _reply, done) => {
    const refusal = refuseRequest(request, port, alsoKnownAs());
    done(refusal === null ? undefined : new AzimuthError(refusal.code, refusal.detail));
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.headers(ANSWER_HEADERS);
    done(null, payload);
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
