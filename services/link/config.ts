/** Configuration of the link of an AZ, from its environment. */
import { Type } from 'typebox';
import { SEEDS } from './draws.ts';

export const LinkConfigSchema = Type.Object({
  /** Draws repeat with it; unset it is random and logged. */
  LINK_SEED: Type.Optional(Type.Integer({ minimum: 0, maximum: SEEDS - 1, description: 'seed of toxicity, jitter and slicing' })),
  /** On SIGTERM open connections get this long, because the programs at their ends are finishing too. */
  DRAIN_GRACE_MS: Type.Integer({ minimum: 0, maximum: 4000, default: 2500 }),
});
