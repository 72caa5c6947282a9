/**
 * `slicer`: cuts each chunk near its middle, give or take `size_variation`, and its halves again, until none is larger
 * than `average_size` + `size_variation` bytes; the pieces go on in order, `delay` µs after each. No byte is changed.
 *
 * The values are clamped to what ends (variation below the average); an average of 0 or less, the default, cuts
 * nothing (the reference dies of it). Timers count milliseconds, so pieces that are due go on together.
 */
import { HoldsOne } from '../holds-one.ts';
import { attribute, type Attributes, type Chunk, type Flow, type ToxicKind } from '../toxic-kind.ts';

const US_PER_MS = 1000;
/** Lateness beyond this is no timer's but a stalled reader's, and is not caught up. */
const CATCH_UP_MS_MAX = 10;

class Slicer extends HoldsOne {
  readonly #random: () => number;
  #averageBytes = 0;
  #variationBytes = 0;
  #delayMs = 0;
  /** Offsets in the held chunk, descending, where pieces will end; the first is its length. */
  #cuts: number[] = [];
  #dueMs = -Infinity;

  constructor(attributes: Attributes, random: () => number) {
    super();
    this.#random = random;
    this.configure(attributes);
  }

  get wakeAtMs(): number {
    return this.held === null ? Infinity : this.#dueMs;
  }

  give(nowMs: number): Flow | null {
    if (this.held === null || nowMs < this.#dueMs) return null;
    if (this.held.type === 'end' || this.#averageBytes <= 0) return super.release()[0] ?? null;
    this.#dueMs = Math.max(this.#dueMs, nowMs - CATCH_UP_MS_MAX) + this.#delayMs;
    return this.#cut(this.held);
  }

  protected override begin(flow: Flow, nowMs: number): void {
    this.#dueMs = Math.max(this.#dueMs, nowMs);
    this.#cuts = flow.type === 'data' ? [flow.bytes.length] : [];
  }

  protected configure(attributes: Attributes): void {
    this.#averageBytes = attribute(attributes, 'average_size');
    this.#variationBytes = Math.max(0, Math.min(attribute(attributes, 'size_variation'), this.#averageBytes - 1));
    this.#delayMs = Math.max(0, attribute(attributes, 'delay')) / US_PER_MS;
    this.#dueMs = -Infinity;
  }

  /** The first piece of the chunk; the rest stays held. */
  #cut(chunk: Chunk): Chunk {
    // The chunk is what is left of one of `total` bytes; offsets are that one's.
    const total = this.#cuts[0] ?? chunk.bytes.length;
    const start = total - chunk.bytes.length;
    let end = this.#cuts.at(-1) ?? total;
    while (end - start > this.#averageBytes + this.#variationBytes) {
      const shift = Math.floor(this.#random() * 2 * this.#variationBytes) - this.#variationBytes;
      end = start + Math.floor((end - start) / 2) + shift;
      this.#cuts.push(end);
    }
    this.#cuts.pop();
    this.held = end === total ? null : { ...chunk, bytes: chunk.bytes.subarray(end - start) };
    return { ...chunk, bytes: chunk.bytes.subarray(0, end - start) };
  }
}

export const slicer: ToxicKind = {
  type: 'slicer',
  attributes: ['average_size', 'size_variation', 'delay'],
  create: (attributes, _nowMs, random) => new Slicer(attributes, random),
};
