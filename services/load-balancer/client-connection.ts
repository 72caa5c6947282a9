/**
 * One customer's connection: its requests are served one after the other, in the order in which they came,
 * although Node hands out pipelined ones at once (RFC 9112, 9.3.2 forbids to run them side by side unless all
 * are safe, and a flood of them would open a connection to a target each). Also the place where the end of
 * the connection, a parser's refusal and the close after the last answer meet.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '#contracts/errors.ts';
import { answerAndClose, errorAnswer } from '#kit/http/own-answer.ts';

/** Requests that wait in memory before the socket is no longer read. */
const WAITING_MAX = 16;

/** A request that is being served. */
export interface Serving {
  /** The customer went away. */
  abandon(): void;
  /** Its body cannot be read any further. @returns true when this refusal may be its answer */
  refuseBody(): boolean;
}

/** Begins to serve; calls {@link ClientConnection.done} when the answer is complete. */
export type Serve = (connection: ClientConnection, request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => Serving | null;

interface Waiting {
  request: IncomingMessage;
  response: ServerResponse;
  expectsContinue: boolean;
}

export class ClientConnection {
  readonly socket: Socket;
  /** Address of the peer, IPv4 in its own form. */
  readonly peer: string;
  readonly #serve: Serve;
  readonly #marks: readonly string[];
  readonly #waiting: Waiting[] = [];
  #busy = false;
  #current: Serving | null = null;
  #currentRequest: IncomingMessage | null = null;
  #refusal: ErrorCode | null = null;
  #closed = false;

  constructor(socket: Socket, serve: Serve, marks: readonly string[]) {
    this.socket = socket;
    const address = socket.remoteAddress ?? 'unknown';
    this.peer = address.startsWith('::ffff:') ? address.slice(7) : address;
    this.#serve = serve;
    this.#marks = marks;
    socket.once('close', () => this.#onClose());
  }

  take(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (this.#closed || this.#refusal !== null) return;
    if (!this.#busy) return this.#begin({ request, response, expectsContinue });
    this.#waiting.push({ request, response, expectsContinue });
    // Not at once, because Node resumes the socket with every request that it hands out.
    if (this.#waiting.length === WAITING_MAX) setImmediate(() => this.#pauseWhileFull());
  }

  /** The answer of the request being served is complete; `isLast` when it announced the close. */
  done(isLast: boolean): void {
    this.#busy = false;
    this.#current = null;
    this.#currentRequest = null;
    // What came after a request that is answered with a close is not answered (RFC 9112, 9.6).
    if (isLast) this.#end();
    if (this.#closed) return;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      if (this.#waiting.length < WAITING_MAX && this.socket.isPaused()) this.socket.resume();
      return this.#begin(next);
    }
    if (this.#refusal !== null) this.#refuseNow(this.#refusal);
  }

  /** What came after the current requests is no HTTP, or too slow: answered in its turn, then the connection closes. */
  refuse(code: ErrorCode): void {
    if (this.#closed || this.#refusal !== null) return;
    this.#refusal = code;
    if (!this.#busy) return this.#refuseNow(code);
    // The request being served, or one that waits, may be the broken one: its body ended in the middle.
    const last = this.#waiting.at(-1);
    if (last !== undefined && !last.request.complete) this.#waiting.pop();
    else if (last === undefined && this.#currentRequest?.complete === false) {
      if (this.#current?.refuseBody() === true) this.#refuseNow(code);
    }
  }

  /** Answers on the bare socket as the last of this connection. */
  answerAndClose(code: ErrorCode, withBody: boolean, detail?: string): void {
    this.#end();
    answerAndClose(this.socket, errorAnswer(code, this.#marks, detail), withBody);
  }

  /** Breaks the connection in a way that the peer cannot take for the end of a response. */
  break(endsWithClose: boolean): void {
    this.#end();
    if (endsWithClose) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  #pauseWhileFull(): void {
    if (this.#waiting.length >= WAITING_MAX) this.socket.pause();
  }

  #begin(next: Waiting): void {
    this.#busy = true;
    this.#currentRequest = next.request;
    const serving = this.#serve(this, next.request, next.response, next.expectsContinue);
    // It may be over already.
    if (this.#currentRequest === next.request) this.#current = serving;
  }

  #refuseNow(code: ErrorCode): void {
    this.answerAndClose(code, true);
  }

  #end(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#current = null;
    this.#currentRequest = null;
  }

  #onClose(): void {
    const serving = this.#current;
    this.#end();
    serving?.abandon();
  }
}
