/**
 * `reset_peer`: the first data, or end of stream, of its direction dooms the connection: `timeout` ms later both
 * sides are reset and the data is lost. Where nothing is said nothing happens. Until then nothing is read on and
 * the wait can be interrupted: removed or changed in time, the toxic lets all of it pass (the reference, once it
 * waits, cannot be stopped, and resets no connection that is older than the toxic).
 */
import { HoldsOne } from '../holds-one.ts';
import { attribute, type Attributes, type Flow, type ToxicKind } from '../toxic-kind.ts';

class ResetPeer extends HoldsOne {
  #waitMs = 0;
  #resetAtMs = Infinity;

  constructor(attributes: Attributes) {
    super();
    this.configure(attributes);
  }

  get wakeAtMs(): number {
    return this.held === null ? Infinity : this.#resetAtMs;
  }

  give(nowMs: number): Flow | null {
    return this.held !== null && nowMs >= this.#resetAtMs ? { type: 'end', cause: 'reset' } : null;
  }

  protected override begin(_flow: Flow, nowMs: number): void {
    this.#resetAtMs = nowMs + this.#waitMs;
  }

  protected configure(attributes: Attributes): void {
    this.#waitMs = attribute(attributes, 'timeout');
  }
}

export const resetPeer: ToxicKind = { type: 'reset_peer', attributes: ['timeout'], create: (attributes) => new ResetPeer(attributes) };
