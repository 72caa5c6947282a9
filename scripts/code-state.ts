/**
 * What Git says about the code that the table's verdicts are about: `policy/`, `kit/` and `services/`. Tests
 * beside the sources belong to it, because nothing tells apart here what a running region loads.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import type { CodeState } from '#chaos/commands/run-table.ts';
import { ROOT } from './tool.ts';

const FOLDERS = ['policy', 'kit', 'services'];

export const codeState: CodeState = {
  commit: () => git(['rev-parse', 'HEAD']).trim(),
  isUnchangedSince: (commit) => isHash(commit) && git(['status', '--porcelain', '--', ...FOLDERS]) === '' && isSame(commit),
  lastChangeMs: () =>
    FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0),
};

/** False also for a commit that this clone does not have. */
function isSame(commit: string): boolean {
  try {
    execFileSync('git', ['diff', '--quiet', commit, 'HEAD', '--', ...FOLDERS], { cwd: ROOT, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What stands in a file is no option of Git. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(text);
}

function git(args: readonly string[]): string {
  try {
    return execFileSync('git', [...args], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new CommandFailure(`The table needs a Git checkout: ${detail}.`, EXIT.USAGE, 'Clone the repository instead of unpacking an archive.');
  }
}
