/**
 * `latency`: each piece goes on `latency` ± `jitter` ms after it arrived at the proxy. Because the delay counts
 * from arrival, pieces behind each other overlap and the bandwidth stays; none overtakes another. An end of
 * stream waits for the data before it and for nothing else. It holds up to 1,024 pieces and 16 MiB: 100 MB/s
 * through 100 ms fit, and a peer that floods a slow connection cannot fill the memory.
 */
import { sizeOf, type Attributes, type Flow, type Output, type Stage, type ToxicKind } from '../toxic-kind.ts';

const HELD_PIECES_MAX = 1024;
const HELD_BYTES_MAX = 16 * 1024 * 1024;

interface Held {
  flow: Flow;
  /** Latency with its jitter, ms; never negative. */
  delayMs: number;
}

class Latency implements Stage {
  readonly #random: () => number;
  #attributes: Attributes;
  #held: Held[] = [];
  #heldBytes = 0;

  constructor(attributes: Attributes, random: () => number) {
    this.#attributes = attributes;
    this.#random = random;
  }

  get wakeAtMs(): number {
    const first = this.#held[0];
    return first === undefined ? Infinity : dueMs(first);
  }

  get isFull(): boolean {
    return this.#held.length >= HELD_PIECES_MAX || this.#heldBytes >= HELD_BYTES_MAX;
  }

  take(flow: Flow, nowMs: number): Output[] {
    this.#held.push({ flow, delayMs: flow.type === 'end' ? 0 : this.#delayMs() });
    this.#heldBytes += sizeOf(flow);
    return this.wake(nowMs);
  }

  wake(nowMs: number): Output[] {
    let due = 0;
    for (const held of this.#held) {
      if (dueMs(held) > nowMs) break;
      due += 1;
    }
    return this.#giveUp(due);
  }

  release(): Output[] {
    return this.#giveUp(this.#held.length);
  }

  configure(attributes: Attributes, nowMs: number): Output[] {
    const first = this.#giveUp(Math.min(1, this.#held.length));
    this.#attributes = attributes;
    this.#held = this.#held.map(({ flow }) => ({ flow, delayMs: flow.type === 'end' ? 0 : this.#delayMs() }));
    return [...first, ...this.wake(nowMs)];
  }

  #giveUp(count: number): Output[] {
    const outputs = this.#held.splice(0, count).map(({ flow, delayMs }): Output => {
      this.#heldBytes -= sizeOf(flow);
      return flow.type === 'end' ? flow : { type: 'data', chunk: { bytes: flow.chunk.bytes, arrivedMs: flow.chunk.arrivedMs + delayMs } };
    });
    return outputs;
  }

  #delayMs(): number {
    const { latency = 0, jitter = 0 } = this.#attributes;
    const shift = jitter > 0 ? Math.floor((2 * this.#random() - 1) * jitter) : 0;
    return Math.max(0, latency + shift);
  }
}

function dueMs({ flow, delayMs }: Held): number {
  return flow.type === 'end' ? -Infinity : flow.chunk.arrivedMs + delayMs;
}

export const latency: ToxicKind = {
  type: 'latency',
  attributes: ['latency', 'jitter'],
  start: (attributes, _nowMs, random) => new Latency(attributes, random),
};
