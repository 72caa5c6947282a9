/** Configuration of a kitchen, from its environment. */
import { Type, type Static } from 'typebox';

export const KitchenConfigSchema = Type.Object({
  KITCHEN_OVENS: Type.Integer({ minimum: 1, maximum: 1000, default: 8 }),
  KITCHEN_BAKE_MEAN_MS: Type.Number({ minimum: 1, maximum: 60_000, default: 80 }),
  /** Standard deviation ÷ mean; 0 makes every bake the same. */
  KITCHEN_BAKE_CV: Type.Number({ minimum: 0, maximum: 10, default: 0.5 }),
  /** Of the bake times; each kitchen mixes its own name in. */
  KITCHEN_SEED: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, default: 1 }),
  DRAIN_GRACE_MS: Type.Integer({ minimum: 0, maximum: 4000, default: 1500 }),
});
export type KitchenConfig = Readonly<Static<typeof KitchenConfigSchema>>;
