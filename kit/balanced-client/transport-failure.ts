/**
 * What an error of a connection says about the target: nobody accepts connections there, an established
 * connection broke, or something answered that is not HTTP. It guards against blaming a target for what was
 * this process's own doing (no file descriptors left, a header that undici refuses): that would take healthy
 * targets out of rotation one by one.
 *
 * undici 8 never sends a request a second time by itself when pipelining is 1: what was written and fails is
 * reported, and what it takes to another connection was never written (lib/dispatcher/client-h1.js, `onHttpSocketClose`).
 */
import type { TransportFailure } from '#policy/messages.ts';

/** `own`: says nothing about the target. */
export type FailureCause = TransportFailure | 'own';

const OWN = new Set([
  'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL',
  'UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** @param written whether the first byte of the request had gone out */
export function failureCause(error: unknown, written: boolean): FailureCause {
  const code = errorCode(error);
  if (OWN.has(code)) return 'own';
  if (!written) return 'refused';
  if (code === 'HPE_INVALID_EOF_STATE' || code === 'HPE_CLOSED_CONNECTION') return 'reset';
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return 'protocol';
  // undici's words for a 100, a 101 or bytes that nobody asked for.
  const { message } = error as Error;
  if (code === 'UND_ERR_SOCKET' && (message === 'bad response' || message === 'bad upgrade')) return 'protocol';
  return 'reset';
}

function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : '';
}
