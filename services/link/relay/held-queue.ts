/** First in, first out, with its size in bytes: O(1) at both ends, where an array's `shift` moves 1,024 chunks each time. */
import { sizeOf, type Flow } from './toxic-kind.ts';

/** Given-up places at the front are cut off in one go. */
const COMPACT_AT = 256;

export class HeldQueue {
  #items: (Flow | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get head(): Flow | null {
    return this.#items[this.#first] ?? null;
  }

  push(...flows: readonly Flow[]): void {
    for (const flow of flows) {
      this.#items.push(flow);
      this.#bytes += sizeOf(flow);
    }
  }

  shift(): Flow | null {
    const flow = this.#items[this.#first];
    if (flow === undefined) return null;
    // The place is emptied, or it would keep 32 KiB alive until the cut.
    this.#items[this.#first] = undefined;
    this.#first += 1;
    this.#bytes -= sizeOf(flow);
    if (this.#first === this.#items.length || this.#first === COMPACT_AT) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return flow;
  }

  /** Empties it. */
  take(): Flow[] {
    const flows = this.#items.slice(this.#first).filter((flow) => flow !== undefined);
    this.#items = [];
    this.#first = 0;
    this.#bytes = 0;
    return flows;
  }
}
