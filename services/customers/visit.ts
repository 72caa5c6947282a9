/**
 * One request of one customer, from its intended time to its settlement: answered, broken, or given up when
 * the patience ends. Exactly one of these is told, once. It is the handler that undici calls, without
 * streams or promises between: at 4,000 requests/s those are most of the cost.
 */
import type { Dispatcher } from 'undici';
import { HEADER } from '#contracts/headers.ts';
import type { CustomerRecord } from '#contracts/records.ts';

/** `oven;dur=81.5;desc="az2"`, the AZ only where the kitchen is in one; other entries of Server-Timing may stand beside it. */
const OVEN = /(?:^|[,\s])oven;dur=([0-9.]+)(?:;desc="([^"]*)")?/;

type Header = string | string[] | undefined;

export class Visit implements Dispatcher.DispatchHandler {
  readonly kind: CustomerRecord['kind'];
  readonly arm: CustomerRecord['arm'];
  /** Monotonic milliseconds, like all times here. */
  readonly intendedMs: number;
  sentMs: number;
  answeredMs: number | null = null;
  status: number | null = null;
  az: string | null = null;
  retried: string | null = null;
  bakeMs: number | null = null;
  bakedIn: string | null = null;
  settled = false;
  readonly #nowMs: () => number;
  readonly #onSettled: (visit: Visit) => void;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(kind: CustomerRecord['kind'], arm: CustomerRecord['arm'], intendedMs: number, nowMs: () => number, onSettled: (visit: Visit) => void) {
    this.kind = kind;
    this.arm = arm;
    this.intendedMs = intendedMs;
    this.sentMs = intendedMs;
    this.#nowMs = nowMs;
    this.#onSettled = onSettled;
  }

  /** The customer leaves: the request is aborted and counts as unanswered. */
  giveUp(): void {
    if (this.settled) return;
    this.#break();
    this.#controller?.abort(new Error('the customer left'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The patience ended while the connection was being made.
    if (this.settled) controller.abort(new Error('the customer left'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Record<string, Header>): void {
    this.status = status;
    this.az = one(headers[HEADER.az]);
    this.retried = one(headers[HEADER.retried]);
    if (this.kind === 'order') this.#readOven(one(headers[HEADER.serverTiming]));
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    if (this.settled) return;
    this.answeredMs = this.#nowMs();
    this.#settle();
  }

  onResponseError(): void {
    if (!this.settled) this.#break();
  }

  #readOven(serverTiming: string | null): void {
    const found = serverTiming === null ? null : OVEN.exec(serverTiming);
    if (found === null) return;
    this.bakeMs = Number(found[1]);
    this.bakedIn = found[2] ?? null;
  }

  /** No complete answer: what came of it is no answer. */
  #break(): void {
    this.status = null;
    this.az = null;
    this.retried = null;
    this.bakeMs = null;
    this.bakedIn = null;
    this.#settle();
  }

  #settle(): void {
    this.settled = true;
    this.#onSettled(this);
  }
}

function one(header: Header): string | null {
  return typeof header === 'string' ? header : (header?.[0] ?? null);
}
