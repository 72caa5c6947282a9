/**
 * One request on its way through the load balancer: the customer's side of an {@link Exchange}. Bytes stream
 * both ways with back-pressure. As long as nothing of a response went out, whatever fails is answered with
 * an error of the catalogue; from then on the connection breaks, so that half a response never looks whole.
 */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { ErrorCode } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';
import type { BalancedClient } from '#kit/balanced-client.ts';
import type { Exchange, ResponseFlow, ResponseHeaders, SentAttempt } from '#kit/balanced-client/exchange.ts';
import { errorAnswer } from '#kit/http/own-answer.ts';
import type { RequestFailure } from '#policy/messages.ts';
import type { Strike } from '#policy/service-fault.ts';
import type { ClientConnection, Serving } from './client-connection.ts';
import { RequestBody, type BodyListener } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import { forwardableTrailers, responseFields } from './response-head.ts';

/** A body up to this size goes out in one write with its head. */
const SMALL_BODY_BYTES = 4096;

/** What the exchange tells the load balancer about its end. `status` 499: the customer left. */
export type OnServed = (status: number, startedMs: number) => void;

export class ProxiedExchange implements Exchange, Serving, BodyListener {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly replayable: boolean;
  readonly avoidZone: string | null;
  readonly #head: RequestHead;
  readonly #fieldCount: number;
  readonly #connection: ClientConnection;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #client: BalancedClient;
  readonly #marks: readonly string[];
  readonly #onServed: OnServed;
  readonly #startedMs = performance.now();
  #body: RequestBody | null = null;
  #cancel: (() => void) | null = null;
  #flow: ResponseFlow | null = null;
  #status = 0;
  #statusText = '';
  #responseFields: string[] | null = null;
  #firstChunk: Buffer | null = null;
  #flushed = false;
  #waitsForDrain = false;
  #over = false;
  #injected: Strike['error'] = null;

  constructor(
    connection: ClientConnection,
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    client: BalancedClient,
    marks: readonly string[],
    onServed: OnServed,
  ) {
    this.#connection = connection;
    this.#request = request;
    this.#response = response;
    this.#head = head;
    this.#fieldCount = head.fields.length;
    this.#client = client;
    this.#marks = marks;
    this.#onServed = onServed;
    this.requestId = head.requestId;
    this.method = head.method;
    this.path = head.path;
    this.replayable = head.replayable;
    this.avoidZone = head.avoidZone;
  }

  /** @param injected the error that this program was told to answer, in place of asking a target or in place of what it says */
  start(expectsContinue: boolean, bodyBytesMax: number, injected: Strike['error']): void {
    if (this.#over) return;
    this.#injected = injected;
    if (!this.#head.hasBody) return this.#submit();
    if (expectsContinue) this.#response.writeContinue();
    this.#body = new RequestBody(this.#request, bodyBytesMax, this);
  }

  // The customer's request.

  /** What is left of the caller's patience now: reading the body took its part. */
  get budgetMs(): number | null {
    const { budgetMs } = this.#head;
    return budgetMs === null ? null : budgetMs - (performance.now() - this.#startedMs);
  }

  get streamsBody(): boolean {
    return this.#body?.streams === true;
  }

  requestHeaders(sent: SentAttempt): string[] {
    const { fields, attemptAbove, contentLength } = this.#head;
    fields.length = this.#fieldCount;
    fields.push(HEADER.attempt, sent.attempt === 2 || attemptAbove === 2 ? '2' : '1');
    if (sent.avoidZone !== null) fields.push(HEADER.avoidAz, sent.avoidZone);
    if (sent.budgetMs !== null) fields.push(HEADER.deadlineMs, String(Math.max(1, Math.floor(sent.budgetMs))));
    if (this.streamsBody && contentLength !== null) fields.push('content-length', String(contentLength));
    return fields;
  }

  requestBody(): Buffer | Readable | null {
    return this.#body === null ? null : this.#body.source();
  }

  onReady(): void {
    if (!this.#over) this.#submit();
  }

  onTooLarge(): void {
    if (this.#over) return;
    this.#cancel?.();
    if (!this.#flushed) return this.#answer('AZ_BODY_TOO_LARGE');
    this.#over = true;
    this.#onServed(413, this.#startedMs);
    this.#connection.break(this.#endsWithClose());
  }

  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel?.();
    this.#onServed(499, this.#startedMs);
  }

  refuseBody(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#cancel?.();
    this.#onServed(400, this.#startedMs);
    if (!this.#flushed) return true;
    this.#connection.break(this.#endsWithClose());
    return false;
  }

  #submit(): void {
    if (this.#injected?.afterWork === false) return this.#answer(this.#injected.code);
    this.#cancel = this.#client.submit(this);
  }

  // The target's response.

  onHead(status: number, statusText: string, headers: ResponseHeaders, flow: ResponseFlow, retriedFrom: string | null, sent: SentAttempt): void {
    // What the target still sends is read and dropped.
    if (this.#injected !== null) return this.#answer(this.#injected.code);
    this.#status = status;
    this.#statusText = statusText;
    this.#responseFields = responseFields(status, headers, retriedFrom, sent);
    if (this.#request.httpVersionMinor === 0 && headers['content-length'] === undefined) this.#response.shouldKeepAlive = false;
    this.#flow = flow;
    // A small response is complete within this turn of the event loop and leaves in one piece; a slow one must not wait for it.
    process.nextTick(flushHead, this);
  }

  onData(chunk: Buffer): void {
    if (this.#over) return;
    if (!this.#flushed && this.#firstChunk === null) {
      this.#firstChunk = chunk;
      return;
    }
    this.flush();
    this.#write(chunk);
  }

  onEnd(trailers: ResponseHeaders): void {
    if (this.#over) return;
    const response = this.#response;
    if (!this.#flushed) {
      if (!this.#writeHead()) return;
      const chunk = this.#firstChunk;
      for (const _ in trailers) return this.#endWithTrailers(trailers, chunk);
      if (chunk === null) response.end();
      else if (chunk.length <= SMALL_BODY_BYTES) response.end(chunk.toString('latin1'), 'latin1');
      else response.end(chunk);
    } else this.#endWithTrailers(trailers, null);
    this.#served();
  }

  onFailure(code: RequestFailure, _committed: boolean, retriedFrom: string | null): void {
    if (this.#over) return;
    if (!this.#flushed) return this.#answer(code, retriedFrom);
    this.#over = true;
    this.#onServed(502, this.#startedMs);
    this.#connection.break(this.#endsWithClose());
  }

  /** Sends what there is of the response. */
  flush(): void {
    if (this.#flushed || this.#over || this.#responseFields === null) return;
    if (!this.#writeHead()) return;
    const chunk = this.#firstChunk;
    this.#firstChunk = null;
    if (chunk === null) this.#response.flushHeaders();
    else this.#write(chunk);
  }

  /** @returns false when Node refuses the head and an error was answered instead */
  #writeHead(): boolean {
    try {
      this.#response.writeHead(this.#status, this.#statusText, this.#responseFields as string[]);
    } catch {
      this.#cancel?.();
      this.#answer('AZ_ATTEMPT_FAILED');
      return false;
    }
    this.#flushed = true;
    return true;
  }

  #write(chunk: Buffer): void {
    if (this.#response.write(chunk) || this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    this.#flow?.pause();
    this.#response.once('drain', () => {
      this.#waitsForDrain = false;
      this.#flow?.resume();
    });
  }

  #endWithTrailers(trailers: ResponseHeaders, chunk: Buffer | null): void {
    if (chunk !== null) this.#response.write(chunk);
    // Only chunked responses can carry them.
    if (this.#response.chunkedEncoding) this.#response.addTrailers(forwardableTrailers(trailers));
    this.#response.end();
    this.#served();
  }

  #served(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onServed(this.#status, this.#startedMs);
    this.#body?.discard();
    this.#connection.done(!this.#response.shouldKeepAlive);
  }

  #answer(code: ErrorCode, retriedFrom: string | null = null): void {
    this.#over = true;
    const retried = retriedFrom === null ? [] : [HEADER.retried, retriedFrom];
    const answer = errorAnswer(code, [...this.#marks, HEADER.requestId, this.requestId, ...retried]);
    this.#onServed(answer.status, this.#startedMs);
    if (this.#head.hasBody && !this.#request.complete) return this.#connection.answerAndClose(code, this.method !== 'HEAD');
    // The reason is said again, because a refused head leaves its own behind.
    this.#response.writeHead(answer.status, STATUS_CODES[answer.status] ?? '', answer.headers);
    this.#response.end(answer.body);
    this.#connection.done(!this.#response.shouldKeepAlive);
  }

  /** Nothing but the close tells an HTTP/1.0 client where this response ends. */
  #endsWithClose(): boolean {
    return !this.#response.chunkedEncoding && this.#request.httpVersionMinor === 0;
  }
}

function flushHead(exchange: ProxiedExchange): void {
  exchange.flush();
}
