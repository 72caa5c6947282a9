/**
 * A fleet in one virtual time: 38 regions with 120 AZs, as many as the largest public cloud has, and
 * thousands of replicas. Regions share nothing, as real ones do, so what one of them does must not show in
 * another; they share the clock, so that correlated timers would show. Each storefront sees two kitchens of
 * each AZ, as many as in the region that ships.
 */
import { createRegion, type Region, type RegionShape } from './region.ts';
import type { VirtualTime } from './virtual-time.ts';

/** 32 regions of three AZs and 6 of four. */
const REGIONS = 38;
const REGIONS_WITH_FOUR_AZS = 6;

/** @param replicasPerAz storefronts and kitchens together, half and half; ≥ 2 */
export function createFleet(time: VirtualTime, seed: number, replicasPerAz: number): Region[] {
  const storefrontsPerAz = Math.floor(replicasPerAz / 2);
  return Array.from({ length: REGIONS }, (_, index) => {
    const shape: Partial<RegionShape> = {
      prefix: `r${index + 1}-`,
      azs: index < REGIONS_WITH_FOUR_AZS ? 4 : 3,
      storefrontsPerAz,
      kitchensPerAz: replicasPerAz - storefrontsPerAz,
      subset: 2,
    };
    return createRegion(time, seed * 1000 + index, shape);
  });
}
