/**
 * `timeout`: swallows all data of its direction, and closes the connection once `timeout` ms passed without any;
 * 0 or less never closes, which is silence. An end of stream passes. Its removal closes what it governed: the peers
 * would go on in the middle of a conversation of which one of them missed a part.
 */
import { HoldsOne } from '../holds-one.ts';
import { attribute, type Attributes, type Flow, type ToxicKind } from '../toxic-kind.ts';

class Timeout extends HoldsOne {
  #timeoutMs = 0;
  #closeAtMs = Infinity;

  constructor(attributes: Attributes, nowMs: number) {
    super();
    this.configure(attributes);
    this.#hear(nowMs);
  }

  get wakeAtMs(): number {
    return this.#closeAtMs;
  }

  override take(flow: Flow, nowMs: number): number {
    if (flow.type === 'end') return super.take(flow, nowMs);
    this.#hear(nowMs);
    return flow.bytes.length;
  }

  give(nowMs: number): Flow | null {
    if (this.held !== null) return this.held;
    return nowMs >= this.#closeAtMs ? { type: 'end', cause: 'timeout' } : null;
  }

  override restart(attributes: Attributes, nowMs: number): Flow[] {
    this.configure(attributes);
    this.#hear(nowMs);
    return [];
  }

  override release(): Flow[] {
    return [{ type: 'end', cause: 'toxic-removed' }];
  }

  protected configure(attributes: Attributes): void {
    this.#timeoutMs = attribute(attributes, 'timeout');
  }

  #hear(nowMs: number): void {
    this.#closeAtMs = this.#timeoutMs > 0 ? nowMs + this.#timeoutMs : Infinity;
  }
}

export const timeout: ToxicKind = { type: 'timeout', attributes: ['timeout'], create: (attributes, nowMs) => new Timeout(attributes, nowMs) };
