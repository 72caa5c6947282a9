/**
 * `timeout`: swallows all data of its direction, and closes the connection once `timeout` ms passed without any;
 * 0 never closes, which is silence. An end of stream passes. Its removal closes what it governed: the peers
 * would go on in the middle of a conversation of which one of them missed a part.
 */
import type { Attributes, Flow, Output, Stage, ToxicKind } from '../toxic-kind.ts';

class Timeout implements Stage {
  readonly isFull = false;
  #timeoutMs: number;
  #sinceMs: number;
  #closed = false;

  constructor({ timeout = 0 }: Attributes, nowMs: number) {
    this.#timeoutMs = timeout;
    this.#sinceMs = nowMs;
  }

  get wakeAtMs(): number {
    return this.#timeoutMs > 0 && !this.#closed ? this.#sinceMs + this.#timeoutMs : Infinity;
  }

  take(flow: Flow, nowMs: number): Output[] {
    if (flow.type === 'end') return [flow];
    this.#sinceMs = nowMs;
    return [{ type: 'discard', bytes: flow.chunk.bytes.length }];
  }

  wake(nowMs: number): Output[] {
    if (this.wakeAtMs > nowMs) return [];
    this.#closed = true;
    return [{ type: 'close', cause: 'timeout' }];
  }

  release(): Output[] {
    return [];
  }

  configure({ timeout = 0 }: Attributes, nowMs: number): Output[] {
    this.#timeoutMs = timeout;
    this.#sinceMs = nowMs;
    return [];
  }
}

export const timeout: ToxicKind = {
  type: 'timeout',
  attributes: ['timeout'],
  removalCloses: true,
  start: (attributes, nowMs) => new Timeout(attributes, nowMs),
};
