/** `noop`: passes everything. Also what an inactive toxic is on a connection that its toxicity left out. */
import type { Stage, ToxicKind } from '../toxic-kind.ts';

const PASSES: Stage = {
  wakeAtMs: Infinity,
  isFull: false,
  take: (flow) => [flow],
  wake: () => [],
  release: () => [],
  configure: () => [],
};

export const noop: ToxicKind = { type: 'noop', attributes: [], start: () => PASSES };
