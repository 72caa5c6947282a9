/**
 * Writes a file whole or not at all, because others re-read it while it changes: programs their `region.json`,
 * Prometheus its targets. It survives a crash of the machine.
 */
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Throws what the file system throws, and refuses to replace what is no regular file. */
export function writeWhole(path: string, text: string): void {
  // A rename would replace a device or a folder's link just as well, for good if this is root.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new Error('it exists and is no regular file');
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w', 0o644);
    try {
      writeFileSync(file, text);
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
