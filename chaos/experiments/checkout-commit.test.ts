import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkoutCommit } from './checkout-commit.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';

let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'azimuth-git-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the commit of a checkout', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${HASH}\n` }, HASH],
    ['a packed branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs\n${HASH} refs/heads/main\n` }, HASH],
    ['a detached head', { '.git/HEAD': `${HASH}\n` }, HASH],
    ['a linked work tree', { '.git': 'gitdir: elsewhere/worktrees/w\n', 'elsewhere/worktrees/w/HEAD': 'ref: refs/heads/b\n', 'elsewhere/worktrees/w/commondir': '../..\n', 'elsewhere/refs/heads/b': `${HASH}\n` }, HASH],
    ['a branch without a commit', { '.git/HEAD': 'ref: refs/heads/main\n' }, null],
    ['no checkout', {}, null],
  ])('%s', (_what, files, commit) => {
    for (const [path, text] of Object.entries(files)) write(path, text);
    expect(checkoutCommit(root)).toBe(commit);
  });
});
