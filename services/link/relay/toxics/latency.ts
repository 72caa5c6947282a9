/**
 * `latency`: each chunk goes on `latency` ± `jitter` ms after it arrived at the proxy. Because the delay counts from
 * arrival, chunks behind each other overlap and the bandwidth stays; none overtakes another; several latencies
 * add up, because each moves the arrival on. An end of stream waits for the data before it and for nothing else.
 * It is the one toxic that holds many chunks: 100 MB/s through 100 ms are 10 MB, within what a direction may hold.
 */
import { HeldQueue } from '../held-queue.ts';
import { attribute, type Attributes, type Flow, type Toxic, type ToxicKind } from '../toxic-kind.ts';

const HELD_MAX = 1024;

class Latency implements Toxic {
  readonly #random: () => number;
  readonly #held = new HeldQueue();
  #latencyMs = 0;
  #jitterMs = 0;
  /** Of the first that it holds. */
  #delayMs = 0;

  constructor(attributes: Attributes, random: () => number) {
    this.#random = random;
    this.#configure(attributes);
  }

  get isFull(): boolean {
    return this.#held.length >= HELD_MAX;
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  get wakeAtMs(): number {
    const { head } = this.#held;
    return head?.type === 'data' ? head.arrivedMs + this.#delayMs : Infinity;
  }

  take(flow: Flow): number {
    this.#held.push(flow);
    if (this.#held.length === 1) this.#drawDelay();
    return 0;
  }

  give(nowMs: number): Flow | null {
    const { head } = this.#held;
    if (head === null || (head.type === 'data' && nowMs < this.wakeAtMs)) return null;
    const given: Flow = head.type === 'data' ? { ...head, arrivedMs: this.wakeAtMs } : head;
    this.#held.shift();
    this.#drawDelay();
    return given;
  }

  restart(attributes: Attributes): Flow[] {
    this.#configure(attributes);
    const interrupted = this.#held.shift();
    this.#drawDelay();
    return interrupted === null ? [] : [interrupted];
  }

  release(): Flow[] {
    return this.#held.take();
  }

  #configure(attributes: Attributes): void {
    this.#latencyMs = attribute(attributes, 'latency');
    this.#jitterMs = Math.max(0, attribute(attributes, 'jitter'));
  }

  /** Uniform over whole milliseconds in [latency − jitter, latency + jitter), never negative. */
  #drawDelay(): void {
    if (this.#held.head?.type !== 'data') return;
    const jitterMs = this.#jitterMs === 0 ? 0 : Math.floor(this.#random() * 2 * this.#jitterMs) - this.#jitterMs;
    this.#delayMs = Math.max(0, this.#latencyMs + jitterMs);
  }
}

export const latency: ToxicKind = {
  type: 'latency',
  attributes: ['latency', 'jitter'],
  create: (attributes, _nowMs, random) => new Latency(attributes, random),
};
