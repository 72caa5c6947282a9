/**
 * Sees to it that a region is started once. Two starts at the same moment would both find nothing running
 * and write over each other's state, so the one that creates the claim file goes on. It is held until
 * `running.json` says the rest. A claim whose process is gone (killed while it started) counts for nothing.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CLAIM_FILE = 'starting';

/** Another process is starting the region. */
export class ClaimTaken extends Error {
  readonly pid: number;
  readonly path: string;

  constructor(pid: number, path: string) {
    super(`process ${pid} is starting it`);
    this.name = 'ClaimTaken';
    this.pid = pid;
    this.path = path;
  }
}

/**
 * @returns gives the claim up
 * @throws ClaimTaken, or the file system's error
 */
export function claimStart(folder: string): () => void {
  const path = join(folder, CLAIM_FILE);
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (attempt > 3 || (holder !== null && isAlive(holder))) throw new ClaimTaken(holder ?? 0, path);
    discard(path);
  }
}

/** Null for a claim that is gone or half written. */
function readHolder(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** Renamed first: of several that find the same stale claim only one moves it, and nobody deletes a fresh one twice. */
function discard(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
