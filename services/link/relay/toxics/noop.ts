/** `noop`: passes everything. The smallest toxic: a new one begins as its copy. */
import { HoldsOne } from '../holds-one.ts';
import type { Flow, ToxicKind } from '../toxic-kind.ts';

class Noop extends HoldsOne {
  readonly wakeAtMs = Infinity;

  give(): Flow | null {
    return this.release()[0] ?? null;
  }

  protected configure(): void {}
}

export const noop: ToxicKind = { type: 'noop', attributes: [], create: () => new Noop() };
