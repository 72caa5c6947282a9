/**
 * `limit_data`: lets `bytes` bytes pass since it came to the connection, cuts the chunk that crosses the limit and
 * closes, also when the limit is met exactly; 0 or less closes on the first data. What has passed is remembered
 * when the limit is changed: one that is lower than that closes on the next data.
 */
import { HoldsOne } from '../holds-one.ts';
import { attribute, type Attributes, type Flow, type ToxicKind } from '../toxic-kind.ts';

class LimitData extends HoldsOne {
  readonly wakeAtMs = Infinity;
  #limitBytes = 0;
  #passedBytes = 0;
  /** The limit was met just now: the end comes next. */
  #isMet = false;

  constructor(attributes: Attributes) {
    super();
    this.configure(attributes);
  }

  give(): Flow | null {
    if (this.#isMet) return { type: 'end', cause: 'limit' };
    if (this.held?.type !== 'data') return super.release()[0] ?? null;
    const chunk = this.held;
    const leftBytes = Math.max(0, this.#limitBytes - this.#passedBytes);
    this.#isMet = chunk.bytes.length >= leftBytes;
    if (leftBytes === 0) return this.give();
    const bytes = chunk.bytes.subarray(0, leftBytes);
    this.#passedBytes += bytes.length;
    // What is beyond the limit stays held: it is lost with the end, or goes on if the toxic is removed before.
    this.held = bytes.length < chunk.bytes.length ? { ...chunk, bytes: chunk.bytes.subarray(leftBytes) } : null;
    return { ...chunk, bytes };
  }

  override restart(attributes: Attributes): Flow[] {
    this.configure(attributes);
    // It was waiting for nothing: what it holds is measured by the new limit.
    this.#isMet = false;
    return [];
  }

  override release(): Flow[] {
    this.#isMet = false;
    return super.release();
  }

  protected configure(attributes: Attributes): void {
    this.#limitBytes = attribute(attributes, 'bytes');
  }
}

export const limitData: ToxicKind = { type: 'limit_data', attributes: ['bytes'], create: (attributes) => new LimitData(attributes) };
