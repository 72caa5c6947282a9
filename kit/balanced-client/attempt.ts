/**
 * One try of one request on one connection: turns undici's callbacks into the policy's events and, once the
 * policy committed to this try, passes the response on. After it is over (finished, failed or given up) it
 * is deaf: undici may still report an abort that the policy asked for itself.
 */
import type { ClientEvent } from '#policy/messages.ts';
import { gaveUp } from '#policy/retry/gave-up.ts';
import { HEADER } from '#contracts/headers.ts';
import type { ResponseHeaders, SentAttempt } from './exchange.ts';
import type { InFlight } from './in-flight.ts';
import type { DispatchController, DispatchHandler, TargetConnection, TargetConnections } from './target-connections.ts';
import { failureCause, type FailureCause } from './transport-failure.ts';

/** The policy hears of a growing response this often at most; it only wants to know that the target lives. */
const PROGRESS_INTERVAL_MS = 50;

/** What an attempt tells the client it belongs to. */
export interface AttemptOwner {
  apply(event: ClientEvent): void;
  /** The response is complete. */
  finish(inFlight: InFlight, attemptId: number): void;
}

interface ResponseHead {
  status: number;
  statusText: string;
  headers: ResponseHeaders;
}

export class Attempt implements DispatchHandler {
  readonly id: number;
  readonly sent: SentAttempt;
  readonly #owner: AttemptOwner;
  readonly #inFlight: InFlight;
  readonly #connections: TargetConnections;
  readonly #connection: TargetConnection;
  #controller: DispatchController | null = null;
  #head: ResponseHead | null = null;
  #committed = false;
  #over = false;
  #progressMs = 0;

  constructor(owner: AttemptOwner, inFlight: InFlight, id: number, sent: SentAttempt, connections: TargetConnections) {
    this.#owner = owner;
    this.#inFlight = inFlight;
    this.id = id;
    this.sent = sent;
    this.#connections = connections;
    this.#connection = connections.acquire();
  }

  send(): void {
    const { exchange } = this.#inFlight;
    this.#connection.client.dispatch(
      {
        path: exchange.path,
        method: exchange.method as 'GET',
        headers: exchange.requestHeaders(this.sent),
        body: exchange.requestBody(),
      },
      this,
    );
  }

  /** This attempt's response is the answer. */
  commit(retriedFrom: string | null): void {
    const head = this.#head;
    if (head === null || this.#over) return;
    this.#committed = true;
    this.#head = null;
    const { exchange } = this.#inFlight;
    try {
      exchange.onHead(head.status, head.statusText, head.headers, this, retriedFrom, this.sent);
    } catch {
      // Node refuses the head (a control character in a field): the target answered with something that is not HTTP.
      return this.#fail('protocol');
    }
    // It waited for another attempt. What ended that one may be a callback of undici's parser, which may not be entered again.
    if (this.#controller?.paused === true) queueMicrotask(() => this.resume());
  }

  /** Gives the attempt up and closes its connection. */
  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connections.discard(this.#connection);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }

  onRequestStart(controller: DispatchController): void {
    this.#controller = controller;
    this.#owner.apply({ type: 'attempt.written', attemptId: this.id });
    if (this.#inFlight.exchange.streamsBody) this.#owner.apply({ type: 'request.committed', requestId: this.#inFlight.id });
  }

  onResponseStart(controller: DispatchController, status: number, headers: ResponseHeaders, statusText = ''): void {
    // Interim responses are dropped, which RFC 9110, 15.2 allows a proxy only for what it asked for itself, or 103.
    if (status < 200 || this.#over) return;
    this.#head = { status, statusText, headers };
    this.#progressMs = performance.now();
    this.#owner.apply({
      type: 'attempt.responded',
      attemptId: this.id,
      status,
      retriedBelow: headers[HEADER.retried] !== undefined,
      gaveUp: gaveUp(headers[HEADER.error]),
    });
    // Not committed to and not given up: nothing of it may be lost meanwhile.
    if (!this.#committed && !this.#over) controller.pause();
  }

  onResponseData(_controller: DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#inFlight.exchange.onData(chunk);
    const nowMs = performance.now();
    if (nowMs - this.#progressMs < PROGRESS_INTERVAL_MS) return;
    this.#progressMs = nowMs;
    this.#owner.apply({ type: 'attempt.progressed', attemptId: this.id });
  }

  onResponseEnd(_controller: DispatchController, trailers: ResponseHeaders): void {
    if (this.#over) return;
    // A response that only the close ends is complete when the close was clean (RFC 9112, 8); undici takes a reset for one.
    if (this.#connection.broken) return this.#fail('reset');
    this.#over = true;
    this.#connections.release(this.#connection);
    this.#inFlight.exchange.onEnd(trailers);
    this.#owner.finish(this.#inFlight, this.id);
  }

  onResponseError(_controller: DispatchController | null, error: Error): void {
    if (this.#over) return;
    const cause = failureCause(error, this.#controller !== null);
    if (cause !== 'own') return this.#fail(cause);
    this.#over = true;
    this.#connections.discard(this.#connection);
    const code = (error as NodeJS.ErrnoException).code?.startsWith('UND_ERR_') === true ? 'AZ_BAD_HEADER' : 'AZ_NO_TARGET';
    this.#owner.apply({ type: 'attempt.withdrawn', attemptId: this.id, code });
  }

  #fail(failure: Exclude<FailureCause, 'own'>): void {
    this.#over = true;
    this.#connections.discard(this.#connection);
    this.#owner.apply({ type: 'attempt.failed', attemptId: this.id, failure });
  }
}
