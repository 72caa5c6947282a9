/**
 * One install at a time: two first starts side by side must not both run npm in one folder. The lock is a
 * file that names its owner; one whose owner is gone counts for nothing. Owners on other hosts (a checkout
 * shared with a container) cannot be looked up, so they touch the file while they work.
 *
 * Taking over a stale lock renames it first: of several that saw it, one wins. Plain JavaScript, see launcher.mjs.
 */
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

const POLL_MS = 200;
const TOUCH_MS = 5_000;
const SILENT_MS_MAX = 60_000;

/**
 * Runs `work` while no other process holds the lock at `path`.
 * @template T
 * @param {string} path
 * @param {(text: string) => void} say told once when it has to wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withInstallLock(path, say, work) {
  fs.mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid), host: hostname() });
  let told = false;
  while (!take(path, mine)) {
    if (!told) say(`another start is installing (${path}); waiting for it …`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const touch = setInterval(() => {
    try {
      fs.utimesSync(path, new Date(), new Date());
    } catch {
      // Gone: the work still ends, and the next one looks again.
    }
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if (read(path) === mine) fs.rmSync(path, { force: true });
  }
}

/** @param {string} path @param {string} mine */
function take(path, mine) {
  // Linked into place complete: nobody may read a lock that is still being written.
  const own = `${path}.${process.pid}`;
  fs.writeFileSync(own, mine);
  try {
    fs.linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(own, { force: true });
  }
  const seen = read(path);
  if (seen === null || !isStale(path, seen)) return false;
  const aside = `${path}.stale.${process.pid}`;
  try {
    fs.renameSync(path, aside);
    // Somebody was faster and this is their fresh lock: back with it.
    if (read(aside) !== seen) fs.linkSync(aside, path);
  } catch {
    // Taken over by another; the next round sees theirs.
  } finally {
    fs.rmSync(aside, { force: true });
  }
  return false;
}

/** @param {string} path @param {string} content */
function isStale(path, content) {
  try {
    const owner = JSON.parse(content);
    if (owner.host !== hostname()) return Date.now() - fs.statSync(path).mtimeMs > SILENT_MS_MAX;
    process.kill(owner.pid, 0);
    return startOf(owner.pid) !== owner.start;
  } catch (error) {
    return error.code !== 'EPERM' && error.code !== 'ENOENT';
  }
}

/** Tells a process from a later one with the same pid; null where /proc does not say. @param {number} pid */
function startOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** @param {string} path */
function read(path) {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
