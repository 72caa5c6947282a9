/**
 * What a rate's name means in a region: `peak` is its designed peak, `rest` a tenth of it. Both follow from
 * what one AZ is rated for, measured or by the model, so they move when the ovens do.
 */
import type { Region } from '#contracts/region.ts';
import { evidenceFolder } from '#kit/state-folder.ts';
import { knownCapacity, peakOf } from './known-capacity.ts';

export const REST_SHARE_OF_PEAK = 0.1;

/** Orders per second, or a name for them. */
export type Rate = number | 'rest' | 'peak';

/** Orders per second. `ovensPerKitchen`: what the switch says, null for the description's. */
export function ratePerSecondOf(region: Region, rate: Rate, ovensPerKitchen: number | null = null): number {
  if (typeof rate === 'number') return rate;
  const peak = peakOf(knownCapacity(region, ovensPerKitchen, evidenceFolder(region)));
  return rate === 'peak' ? peak : Math.round(peak * REST_SHARE_OF_PEAK * 10) / 10;
}
