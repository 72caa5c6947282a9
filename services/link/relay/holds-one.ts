/** What most toxics are: they hold one chunk, or the end, and read on when it has gone. */
import { sizeOf, type Attributes, type Flow, type Toxic } from './toxic-kind.ts';

export abstract class HoldsOne implements Toxic {
  protected held: Flow | null = null;

  get isFull(): boolean {
    return this.held !== null;
  }

  get heldBytes(): number {
    return sizeOf(this.held);
  }

  abstract readonly wakeAtMs: number;

  take(flow: Flow, nowMs: number): number {
    this.held = flow;
    this.begin(flow, nowMs);
    return 0;
  }

  abstract give(nowMs: number): Flow | null;

  restart(attributes: Attributes, _nowMs: number): Flow[] {
    this.configure(attributes);
    return this.release();
  }

  release(): Flow[] {
    const { held } = this;
    this.held = null;
    return held === null ? [] : [held];
  }

  /** Reads the values. */
  protected abstract configure(attributes: Attributes): void;

  /** Something has come to be held. */
  protected begin(_flow: Flow, _nowMs: number): void {}
}
