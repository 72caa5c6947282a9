/** A service's own call: headers and body are at hand, the answer is gathered whole. */
import { AzimuthError } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';
import type { RequestFailure } from '#policy/messages.ts';
import type { Exchange, ResponseFlow, ResponseHeaders, SentAttempt } from './exchange.ts';

/** Answers between services are small; one that is not must not take the process with it. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

export interface BufferedCall {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  replayable: boolean;
  /** Milliseconds from now that the caller will wait; null for no limit. */
  budgetMs: number | null;
  /** Zone in which the request that this call serves failed at a hop above; nothing or null for none. */
  avoidZone?: string | null;
  requestId: string;
  signal?: AbortSignal;
}

export interface BufferedAnswer {
  status: number;
  headers: ResponseHeaders;
  body: Buffer;
  /** The AZ that failed when the request was sent again here, else what the answer's `x-retried` says. */
  retriedFrom: string | null;
}

export class BufferedExchange implements Exchange {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly replayable: boolean;
  readonly budgetMs: number | null;
  readonly avoidZone: string | null;
  readonly streamsBody = false;
  readonly #call: BufferedCall;
  readonly #settle: (outcome: BufferedAnswer | AzimuthError) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: ResponseHeaders = {};
  #retriedFrom: string | null = null;
  /** Set by the client: gives the request up. */
  cancel: () => void = () => {};

  constructor(call: BufferedCall, settle: (outcome: BufferedAnswer | AzimuthError) => void) {
    this.#call = call;
    this.#settle = settle;
    this.requestId = call.requestId;
    this.method = call.method;
    this.path = call.path;
    this.replayable = call.replayable;
    this.budgetMs = call.budgetMs;
    this.avoidZone = call.avoidZone ?? null;
  }

  requestHeaders(sent: SentAttempt): string[] {
    const flat: string[] = [];
    for (const [name, value] of Object.entries(this.#call.headers)) flat.push(name, value);
    flat.push(HEADER.requestId, this.requestId, HEADER.attempt, String(sent.attempt));
    if (sent.avoidZone !== null) flat.push(HEADER.avoidAz, sent.avoidZone);
    if (sent.budgetMs !== null) flat.push(HEADER.deadlineMs, String(Math.max(1, Math.floor(sent.budgetMs))));
    return flat;
  }

  requestBody(): Buffer | null {
    return this.#call.body;
  }

  onHead(status: number, _statusText: string, headers: ResponseHeaders, _flow: ResponseFlow, retriedFrom: string | null): void {
    this.#status = status;
    this.#headers = headers;
    const below = headers[HEADER.retried];
    this.#retriedFrom = retriedFrom ?? (typeof below === 'string' ? below : null);
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > ANSWER_BYTES_MAX) {
      this.cancel();
      this.#settle(new AzimuthError('AZ_ATTEMPT_FAILED', `the answer is larger than ${ANSWER_BYTES_MAX} bytes`));
      return;
    }
    this.#chunks.push(chunk);
  }

  onEnd(): void {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#settle({ status: this.#status, headers: this.#headers, body, retriedFrom: this.#retriedFrom });
  }

  onFailure(code: RequestFailure, _committed: boolean, retriedFrom: string | null): void {
    this.#settle(new AzimuthError(code, undefined, retriedFrom));
  }
}
