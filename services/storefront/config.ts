/** Configuration of a storefront, from its environment. */
import { Type } from 'typebox';

export const StorefrontConfigSchema = Type.Object({
  /** Re-sending of stalled orders; a switch at run time too (`PUT /settings`). */
  AZIMUTH_RESCUE: Type.Enum(['on', 'off'], { default: 'on' }),
  DRAIN_GRACE_MS: Type.Integer({ minimum: 0, maximum: 4000, default: 1500 }),
});
