/** A toxic as one connection meets it: with that connection's own draw, which no edit of any toxic changes. */
import type { Attributes, ToxicKind } from './toxic-kind.ts';

/** `upstream` is what the client says, `downstream` what it hears. */
export type Stream = 'upstream' | 'downstream';

export interface RelayToxic {
  readonly name: string;
  readonly kind: ToxicKind;
  readonly stream: Stream;
  readonly attributes: Attributes;
  /** Share of connections that it governs; above 1 is all, below 0 none. */
  readonly toxicity: number;
  /** Uniform in [0, 1), drawn once per connection and toxic. */
  readonly draw: number;
}

export function isActive({ draw, toxicity }: RelayToxic): boolean {
  return draw < toxicity;
}
