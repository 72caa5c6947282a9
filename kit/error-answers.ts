/**
 * Turns whatever goes wrong in a Fastify program into an answer of the catalogue:
 * `{ "error": { "code", "message" } }`, with the code in `x-azimuth-error` too, so that a caller can tell a
 * refusal of the region from an answer of the application. What nobody foresaw is logged and answered 500
 * without its text, which may hold internals.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AzimuthError, ERRORS, type ErrorCode } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';

/** What Fastify's own refusals are in the catalogue; every other 4xx of Fastify is a bad request. */
const FROM_FASTIFY: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'AZ_BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'AZ_MEDIA_TYPE',
};

/** What Node's parser refuses before there is a request. */
const FROM_PARSER: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'AZ_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'AZ_REQUEST_TIMEOUT',
};

interface FastifyFailure extends Error {
  code?: string;
  statusCode?: number;
  validation?: unknown;
}

/** Installs the error and not-found handlers on `app`; to be called before its routes are added. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => sendError(reply, new AzimuthError('AZ_NOT_FOUND', `${request.method} ${request.url.slice(0, 200)}`)));
  app.setErrorHandler((error: FastifyFailure, request, reply) => {
    if (error instanceof AzimuthError) return sendError(reply, error);
    const code = FROM_FASTIFY[error.code ?? ''];
    if (code !== undefined) return sendError(reply, new AzimuthError(code));
    if (error.validation !== undefined || (error.statusCode !== undefined && error.statusCode < 500)) {
      return sendError(reply, new AzimuthError('AZ_BAD_REQUEST', error.message));
    }
    // A caller that left cancelled this itself, and hears no answer.
    if (error.name === 'AbortError' && reply.raw.destroyed) return reply.hijack();
    request.log.error({ err: error, method: request.method, url: request.url }, 'request.failed');
    return sendError(reply, new AzimuthError('AZ_INTERNAL'));
  });
}

/** Answers an error of the catalogue. */
export function sendError(reply: FastifyReply, error: AzimuthError): FastifyReply {
  if (error.retriedFrom !== null) reply.header(HEADER.retried, error.retriedFrom);
  return reply
    .code(error.statusCode)
    .header(HEADER.error, error.code)
    .send(bodyOf(error));
}

/** The body of such an answer. */
export function bodyOf({ code, message }: AzimuthError): { error: { code: ErrorCode; message: string } } {
  return { error: { code, message } };
}

/** Answers what Node's HTTP parser refuses; the connection cannot be used afterwards. */
export function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = FROM_PARSER[error.code ?? ''] ?? 'AZ_MALFORMED';
  const { status, message } = ERRORS[code];
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `${HEADER.error}: ${code}\r\nconnection: close\r\n\r\n${body}`,
    // A peer that never reads its refusal must not hold the socket.
    () => socket.destroy(),
  );
}
