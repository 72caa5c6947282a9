/** A browser as people have one, without a window: it opens a page and is ended with all that it started. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isProgram } from '#kit/is-program.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PAGES_ONLY = ['--no-first-run', '--disable-sync', '--disable-background-networking', '--disable-component-update', '--no-proxy-server', '--disable-gpu'];
/** Root has no sandbox to go into, and neither has who is in a container; the pages are ours. */
const ANYWHERE = ['--no-sandbox', '--disable-dev-shm-usage'];

/** Path of the first on the PATH; null where there is none. */
export function findBrowser(): string | null {
  const paths = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return paths.find(isProgram) ?? null;
}

/**
 * Opens a page and keeps it open until `done` has settled.
 * @param leads where connections to a host and port go in truth, `evil.example:8090` to `127.0.0.1:40000`, whatever the page is told
 * @throws Error when the browser ends before, with its last words
 */
export async function openPage(browser: string, url: string, leads: Readonly<Record<string, string>>, done: Promise<unknown>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'azimuth-browser-'));
  const rules = Object.entries(leads).map(([from, to]) => `MAP ${from} ${to}`).join(',');
  // A group of its own: a browser is a dozen processes.
  const child = spawn(browser, ['--headless', `--user-data-dir=${profile}`, `--host-resolver-rules=${rules}`, ...PAGES_ONLY, ...ANYWHERE, url], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  try {
    await Promise.race([done, ended.then(() => Promise.reject(new Error(`the browser ended:\n${said}`)))]);
  } finally {
    killGroup(child.pid);
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
