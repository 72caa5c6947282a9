/**
 * Which commit this checkout stands on, read from Git's own files: evidence must say which code it is about,
 * and only drivers may start processes.
 * Reference: gitrepository-layout(5).
 */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The full hash; null outside a Git checkout. */
export function checkoutCommit(root: string): string | null {
  try {
    const folder = gitFolder(root);
    const head = readFileSync(join(folder, 'HEAD'), 'utf8').trim();
    const name = /^ref: (.+)$/.exec(head)?.[1];
    return name === undefined ? hashOrNull(head) : (refIn(folder, name) ?? refIn(commonFolder(folder), name));
  } catch {
    return null;
  }
}

/** A linked work tree has a file that points to its folder. */
function gitFolder(root: string): string {
  const path = join(root, '.git');
  if (statSync(path).isDirectory()) return path;
  const target = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  return resolve(root, target ?? '');
}

function commonFolder(folder: string): string {
  try {
    return resolve(folder, readFileSync(join(folder, 'commondir'), 'utf8').trim());
  } catch {
    return folder;
  }
}

function refIn(folder: string, name: string): string | null {
  try {
    return hashOrNull(readFileSync(join(folder, name), 'utf8').trim());
  } catch {
    // Packed: one line per ref, hash first.
  }
  try {
    const line = readFileSync(join(folder, 'packed-refs'), 'utf8').split('\n').find((one) => one.endsWith(` ${name}`));
    return hashOrNull(line?.split(' ')[0] ?? '');
  } catch {
    return null;
  }
}

function hashOrNull(text: string): string | null {
  return /^[0-9a-f]{40,64}$/.test(text) ? text : null;
}
