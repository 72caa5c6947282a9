/** Configuration of a load balancer of the region, from its environment. */
import { Type } from 'typebox';
import { DEFAULT_SERVICE } from '#contracts/region.ts';

export const LoadBalancerConfigSchema = Type.Object({
  LOAD_BALANCER_DEFAULT_SERVICE: Type.String({ default: DEFAULT_SERVICE, description: 'service that takes what no service name claims' }),
  /** Longest request body, bytes; more is 413. */
  LOAD_BALANCER_BODY_BYTES_MAX: Type.Integer({ minimum: 0, default: 10 * 1024 * 1024 }),
  /** Stall rescue; a switch at run time too (`PUT /settings`). */
  AZIMUTH_RESCUE: Type.Enum(['on', 'off'], { default: 'on' }),
  DRAIN_GRACE_MS: Type.Integer({ minimum: 0, maximum: 4000, default: 1500 }),
});
