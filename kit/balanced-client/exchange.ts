/**
 * One request on its way through a balanced client, as the sockets see it: what is sent on each attempt and
 * where the response goes. The load balancer's exchange streams between two sockets, a service's exchange
 * gathers the body; the client below treats both alike and allocates nothing per request but its attempts.
 */
import type { Readable } from 'node:stream';
import type { RequestFailure } from '#policy/messages.ts';

/** Response headers as undici delivers them: lower-case names, repeated fields as a list. */
export type ResponseHeaders = Record<string, string | string[] | undefined>;

export interface SentAttempt {
  /** 1 for a first try, 2 for a re-send. */
  attempt: 1 | 2;
  /** What is left of the caller's patience, milliseconds; null for no limit. */
  budgetMs: number | null;
  targetId: string;
  zone: string | null;
  /** Zone in which the request failed, here or at a hop above, for `x-avoid-az`; null for none. */
  avoidZone: string | null;
}

/** What a response can be told while it is forwarded. */
export interface ResponseFlow {
  pause(): void;
  resume(): void;
}

export interface Exchange {
  /** As `x-request-id` has it; need not be unique. */
  readonly requestId: string;
  readonly method: string;
  /** Origin-form. */
  readonly path: string;
  /** May be sent a second time, unless it {@link streamsBody} and the first attempt was written. */
  readonly replayable: boolean;
  /** Milliseconds from now that the caller will wait; null for no limit. */
  readonly budgetMs: number | null;
  /** Zone in which it failed at a hop above; null for none. */
  readonly avoidZone: string | null;
  /** The body is not held: what an attempt has taken of it cannot be sent again. */
  readonly streamsBody: boolean;

  /** Names and values in turn. Called once per attempt. */
  requestHeaders(sent: SentAttempt): string[];
  /** Called once per attempt. */
  requestBody(): Buffer | Readable | null;

  /** The response that is the answer. Called once, before the others. `retriedFrom`: the AZ that failed before. */
  onHead(status: number, statusText: string, headers: ResponseHeaders, flow: ResponseFlow, retriedFrom: string | null, sent: SentAttempt): void;
  /** The chunk is only valid during the call unless it is copied or written to a stream. */
  onData(chunk: Buffer): void;
  onEnd(trailers: ResponseHeaders): void;
  /** The last call. `committed`: {@link onHead} came before, so the caller's connection must break. */
  onFailure(code: RequestFailure, committed: boolean, retriedFrom: string | null): void;
}
