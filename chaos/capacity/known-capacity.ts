/**
 * What a region's AZs are rated for: from the evidence that `run capacity` left in its state folder, if that
 * was measured with these ovens, this bake and this processor, else from the model.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPACITY_SCHEMA, type AzCapacity, type CapacityConditions, type CapacityEvidence } from '#contracts/capacity.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import type { Region } from '#contracts/region.ts';
import { capacityOf, designedPeak } from '#policy/headroom.ts';
import { cpuModel } from './host.ts';

/** `finished` is what counts; `underway` is what a measurement that was stopped goes on from. */
const FILES = { finished: 'capacity.json', underway: 'capacity-underway.json' } as const;

/** `ovensPerKitchen`: what the switch says, null for the description's. The AZ with the fewest ovens counts. */
export function capacityConditions(region: Region, ovensPerKitchen: number | null): CapacityConditions {
  const kitchens = region.endpoints.filter(({ environment }) => environment['KITCHEN_OVENS'] !== undefined);
  const ovensIn = (az: string): number =>
    kitchens.filter((kitchen) => kitchen.az === az).reduce((sum, { environment }) => sum + (ovensPerKitchen ?? Number(environment['KITCHEN_OVENS'])), 0);
  const described = kitchens[0]?.environment ?? {};
  return {
    ovensPerAz: Math.min(...AVAILABILITY_ZONES.map(ovensIn)),
    bakeMeanMs: Number(described['KITCHEN_BAKE_MEAN_MS'] ?? 80),
    bakeCv: Number(described['KITCHEN_BAKE_CV'] ?? 0.5),
    cpuModel: cpuModel(),
  };
}

/** @param folder the region's state folder */
export function knownCapacity(region: Region, ovensPerKitchen: number | null, folder: string): AzCapacity {
  return capacityOf(capacityConditions(region, ovensPerKitchen), AVAILABILITY_ZONES, readEvidence(folder));
}

/** Orders per second. */
export function peakOf(capacity: AzCapacity): number {
  return designedPeak(capacity.ratedPerAz, AVAILABILITY_ZONES.length);
}

/** Null when there is none, or none that can be read. */
export function readEvidence(folder: string, which: keyof typeof FILES = 'finished'): CapacityEvidence | null {
  try {
    const evidence = JSON.parse(readFileSync(join(folder, FILES[which]), 'utf8')) as Partial<CapacityEvidence>;
    const { schema, conditions, knees, probes } = evidence;
    const whole = schema === CAPACITY_SCHEMA && typeof conditions === 'object' && typeof knees === 'object' && Array.isArray(probes);
    return whole ? (evidence as CapacityEvidence) : null;
  } catch {
    return null;
  }
}

/** A reader sees the whole file or the one before. Throws the file system's error. */
export function writeEvidence(folder: string, evidence: CapacityEvidence, which: keyof typeof FILES = 'finished'): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILES[which]);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(evidence, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
  return path;
}

/** A finished measurement has nothing to go on from. */
export function forgetUnderway(folder: string): void {
  rmSync(join(folder, FILES.underway), { force: true });
}
