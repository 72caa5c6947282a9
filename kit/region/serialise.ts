/**
 * `region.json` as text: keys in the order of the schema, so that two compilations of one description are
 * equal byte for byte and a difference is a difference of the region. Written whole or not at all, because
 * programs re-read it while it changes.
 */
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { RegionSchema, REGION_SCHEMA, type Region } from '#contracts/region.ts';

export function regionText(region: Region): string {
  return `${JSON.stringify(region, null, 2)}\n`;
}

/** JSON Schema (2020-12) of `region.json`, for editors and for other producers of the file. */
export function regionJsonSchema(): Record<string, unknown> {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: REGION_SCHEMA, ...RegionSchema };
}

/** Replaces the file at `path` atomically; it survives a crash. Throws what the file system throws. */
export function writeRegion(path: string, region: Region): void {
  // A rename would replace a device or a folder's link just as well, for good if this is root.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new Error('it exists and is no regular file');
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w', 0o644);
    try {
      writeFileSync(file, regionText(region));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
