/**
 * `bandwidth`: one direction of one connection gets `rate` KB/s (1 KB = 1,000 bytes), so `rate` bytes per ms. A chunk
 * worth more than 100 ms goes on in slices of that. What a timer was late is not waited for again:
 *
 *   due = now − late + bytes ÷ rate        late = min(given − due, 100 ms) of the slice before
 *
 * so that the rate is met although timers are always late, and a stalled reader earns a burst of one slice at
 * most. A rate of 0 or less lets nothing pass until it is changed or removed (the reference dies of a negative one).
 */
import { HoldsOne } from '../holds-one.ts';
import { attribute, type Attributes, type Flow, type ToxicKind } from '../toxic-kind.ts';

const SLICE_MS = 100;

class Bandwidth extends HoldsOne {
  #bytesPerMs = 0;
  #dueMs = Infinity;
  #lateMs = 0;

  constructor(attributes: Attributes) {
    super();
    this.configure(attributes);
  }

  get wakeAtMs(): number {
    return this.held === null ? Infinity : this.#dueMs;
  }

  give(nowMs: number): Flow | null {
    if (this.held === null || nowMs < this.#dueMs) return null;
    if (this.held.type === 'end') return super.release()[0] ?? null;
    const chunk = this.held;
    this.#lateMs = Math.min(nowMs - this.#dueMs, SLICE_MS);
    const bytes = chunk.bytes.subarray(0, this.#sliceBytes);
    this.held = null;
    if (bytes.length < chunk.bytes.length) this.take({ ...chunk, bytes: chunk.bytes.subarray(bytes.length) }, nowMs);
    return { ...chunk, bytes };
  }

  protected override begin(flow: Flow, nowMs: number): void {
    if (flow.type === 'end') this.#dueMs = nowMs;
    else if (this.#bytesPerMs <= 0) this.#dueMs = Infinity;
    else this.#dueMs = nowMs - this.#lateMs + Math.min(flow.bytes.length, this.#sliceBytes) / this.#bytesPerMs;
  }

  protected configure(attributes: Attributes): void {
    this.#bytesPerMs = attribute(attributes, 'rate');
    this.#lateMs = 0;
  }

  get #sliceBytes(): number {
    return this.#bytesPerMs * SLICE_MS;
  }
}

export const bandwidth: ToxicKind = { type: 'bandwidth', attributes: ['rate'], create: (attributes) => new Bandwidth(attributes) };
