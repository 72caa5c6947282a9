/** `slow_close`: data passes, the end of the stream comes `delay` ms later than it was. */
import { HoldsOne } from '../holds-one.ts';
import { attribute, type Attributes, type Flow, type ToxicKind } from '../toxic-kind.ts';

class SlowClose extends HoldsOne {
  #delayMs = 0;
  #endAtMs = Infinity;

  constructor(attributes: Attributes) {
    super();
    this.configure(attributes);
  }

  get wakeAtMs(): number {
    return this.held?.type === 'end' ? this.#endAtMs : Infinity;
  }

  give(nowMs: number): Flow | null {
    if (this.held?.type === 'end' && nowMs < this.#endAtMs) return null;
    return this.release()[0] ?? null;
  }

  protected override begin(flow: Flow, nowMs: number): void {
    if (flow.type === 'end') this.#endAtMs = nowMs + this.#delayMs;
  }

  protected configure(attributes: Attributes): void {
    this.#delayMs = attribute(attributes, 'delay');
  }
}

export const slowClose: ToxicKind = { type: 'slow_close', attributes: ['delay'], create: (attributes) => new SlowClose(attributes) };
