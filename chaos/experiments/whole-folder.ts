/**
 * Writes a folder that is there whole or not at all, and is the writer's own: two runs that end in the same second do not
 * meet in it. It is written beside its place and moved there, so that a full disk or a kill leaves no half of it; its draft,
 * which one writer alone can create, is the claim to the place.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @param wanted where it is to lie; `-2`, `-3`, … is added where something lies, or is being written
 * @param fill writes what belongs in it into the folder that it is given
 * @returns where it lies
 * @throws what `fill` throws, or the error of the file system; nothing is left then
 */
export function writeFolder(wanted: string, fill: (draft: string) => void): string {
  mkdirSync(dirname(wanted), { recursive: true });
  const { folder, draft } = claim(wanted);
  try {
    fill(draft);
    renameSync(draft, folder);
    return folder;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** @throws the error of the file system, but for what is there already */
function claim(wanted: string): { folder: string; draft: string } {
  for (let count = 1; ; count += 1) {
    const folder = count === 1 ? wanted : `${wanted}-${count}`;
    const draft = `${folder}.part`;
    if (!isCreated(draft)) continue;
    // Asked only now: who holds the draft is the only one who may put something in its place.
    if (!existsSync(folder)) return { folder, draft };
    rmSync(draft, { recursive: true });
  }
}

/** By us; false for one that is there. */
function isCreated(draft: string): boolean {
  try {
    mkdirSync(draft);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
