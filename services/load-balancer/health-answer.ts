/** What a load balancer answers to a check of itself, on its traffic port: the truth, or what it was told to do instead. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ErrorCode } from '#contracts/errors.ts';
import type { Health } from '#kit/health.ts';
import { errorAnswer } from '#kit/http/own-answer.ts';
import type { ServiceFaults } from '#kit/service-faults.ts';
import type { ClientConnection } from './client-connection.ts';

export interface HealthSource {
  health: Health;
  faults: ServiceFaults | null;
  /** Headers that every answer of this program carries, names and values in turn. */
  marks: readonly string[];
}

/** Answers, late if a fault wants it, and ends the request's turn on its connection. */
export function answerHealth(connection: ClientConnection, request: IncomingMessage, response: ServerResponse, source: HealthSource): null {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    connection.answerAndClose('AZ_NOT_FOUND', true, `${request.method} of the health check`);
    return null;
  }
  const { faults } = source;
  const strike = faults?.strike('check') ?? null;
  const code = strike?.error?.code ?? null;
  const answer = (): void => {
    // Who asked may have left while it waited.
    if (request.socket.destroyed) return;
    if (code === null) tell(response, source);
    else refuse(response, source, code);
    connection.done(!response.shouldKeepAlive);
  };
  if (strike === null || strike.waitMs === 0) answer();
  else faults?.wait(strike.waitMs, answer);
  return null;
}

function tell(response: ServerResponse, { health, faults, marks }: HealthSource): void {
  const truth = health.answer();
  const told = faults?.told(truth) ?? truth;
  const body = JSON.stringify(told);
  response.writeHead(told.status === 'ok' ? 200 : 503, [
    'content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store', ...marks,
  ]);
  response.end(body);
}

function refuse(response: ServerResponse, { marks }: HealthSource, code: ErrorCode): void {
  const { status, headers, body } = errorAnswer(code, marks);
  response.writeHead(status, STATUS_CODES[status] ?? '', headers);
  response.end(body);
}
