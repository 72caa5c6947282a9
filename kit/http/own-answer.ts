/**
 * The answers that a proxy gives itself, in the catalogue's form, and the two ways to give them: on a
 * response of Node's, or straight into the socket when the request was refused before there is one. After a
 * refusal the connection closes in two steps, because a socket closed with unread bytes resets the
 * connection and can take the answer with it (RFC 9112, 9.6).
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';

/** How long a refused peer may go on sending before its connection is cut. */
const LINGER_MS = 2000;

export interface OwnAnswer {
  status: number;
  /** Names and values in turn. */
  headers: string[];
  body: string;
}

/** @param marks headers that every answer of this program carries, names and values in turn */
export function errorAnswer(code: ErrorCode, marks: readonly string[], detail?: string): OwnAnswer {
  const { status, message } = ERRORS[code];
  const text = detail === undefined ? message : `${message} (${detail})`;
  const body = `${JSON.stringify({ error: { code, message: text } })}\n`;
  const headers = [
    'content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store',
    HEADER.error, code, ...marks,
  ];
  if (status === 503) headers.push('retry-after', '1');
  return { status, headers, body };
}

/** Writes the answer as the last of this connection, then closes it without cutting the answer off. */
export function answerAndClose(socket: Socket, answer: OwnAnswer, withBody: boolean): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\ndate: ${new Date().toUTCString()}\r\nconnection: close\r\n`;
  for (let i = 0; i < answer.headers.length; i += 2) head += `${answer.headers[i]}: ${answer.headers[i + 1]}\r\n`;
  socket.end(`${head}\r\n${withBody ? answer.body : ''}`);
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
  socket.once('end', () => socket.destroy());
  socket.resume();
}
