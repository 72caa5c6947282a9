/**
 * Which keys left an oven here, in that order. An experiment reads it from every kitchen to count the orders
 * that were baked twice; the kitchen itself notices a key that it bakes again after it forgot the first
 * result. Bounded: the oldest are overwritten.
 */
import type { BakedAnswer } from '#contracts/admin.ts';

/** Keys per answer, so that one reader cannot hold the event loop. */
const ANSWER_KEYS_MAX = 20_000;

export class BakedLog {
  readonly #capacity: number;
  readonly #keys: string[] = [];
  readonly #known = new Set<string>();
  #count = 0;

  /** @param capacity keys that are kept, 1 or more */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @returns whether the key is in the log already. */
  add(key: string): boolean {
    const slot = this.#count % this.#capacity;
    const again = this.#known.has(key);
    const overwritten = this.#keys[slot];
    if (overwritten !== undefined) this.#known.delete(overwritten);
    this.#keys[slot] = key;
    this.#known.add(key);
    this.#count += 1;
    return again;
  }

  /** Keys after the first `after` ones; `nextSeq` is the `after` of the next question. */
  answer(after: number): BakedAnswer {
    const oldest = Math.max(0, this.#count - this.#capacity);
    // A number from before a restart asks for everything that this process has.
    const asked = after > this.#count ? 0 : after;
    const from = Math.max(asked, oldest);
    const nextSeq = Math.min(this.#count, from + ANSWER_KEYS_MAX);
    const keys: string[] = [];
    for (let seq = from; seq < nextSeq; seq += 1) keys.push(this.#keys[seq % this.#capacity] ?? '');
    return { keys, nextSeq, dropped: asked < oldest };
  }
}
