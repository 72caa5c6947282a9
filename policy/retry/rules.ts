/**
 * Decides whether a request whose attempt failed may be sent again at all; the budget is asked afterwards.
 *
 *   never again: after a response was forwarded, after a re-send
 *   again if:    the request is replayable, or not a byte of the attempt went out
 *
 * Each hop re-sends once: what it saw fail itself, and what the hop below gave up. In an AZ that dies process by
 * process, whoever is left has nobody to send to, and only the hop above can reach another AZ. Layers would multiply
 * so, but for the budget of each (`budget.ts`). A POST without a key may have been carried out even though no answer
 * came: sending it again is how an order is charged twice (RFC 9110, 9.2.2).
 */
export interface FailedAttempt {
  /** Idempotent method or idempotency key, and the body is still held. */
  replayable: boolean;
  /** The body is still held. */
  held: boolean;
  /** A byte of the attempt went out on a connected socket. */
  written: boolean;
  /** Part of a response was forwarded. */
  committed: boolean;
  /** The request was sent again before. */
  resent: boolean;
}

export type ResendRefusal = 'committed' | 'resent-before' | 'not-replayable';

/** Null when it may be sent again, else why not. */
export function refuseResend(attempt: FailedAttempt): ResendRefusal | null {
  if (attempt.committed) return 'committed';
  if (attempt.resent) return 'resent-before';
  if (attempt.replayable) return null;
  return attempt.held && !attempt.written ? null : 'not-replayable';
}
