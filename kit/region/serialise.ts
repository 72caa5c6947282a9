/**
 * `region.json` as text: keys in the order of the schema, so that two compilations of one description are
 * equal byte for byte and a difference is a difference of the region.
 */
import { RegionSchema, REGION_SCHEMA, type Region } from '#contracts/region.ts';
import { writeWhole } from './write-whole.ts';

export function regionText(region: Region): string {
  return `${JSON.stringify(region, null, 2)}\n`;
}

/** JSON Schema (2020-12) of `region.json`, for editors and for other producers of the file. */
export function regionJsonSchema(): Record<string, unknown> {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: REGION_SCHEMA, ...RegionSchema };
}

/** Replaces the file at `path` as a whole. Throws what the file system throws. */
export function writeRegion(path: string, region: Region): void {
  writeWhole(path, regionText(region));
}
