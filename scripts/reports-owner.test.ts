import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { becomeOwnerOf, type OwnProcess } from './reports-owner.ts';
import { ROOT } from './tool.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-owner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process of that user which only notes what it was told to become. */
function processOf(uid: number): { self: OwnProcess; told: string[] } {
  const told: string[] = [];
  const note = (what: string) => (value: unknown): void => void told.push(`${what} ${JSON.stringify(value)}`);
  return { told, self: { getuid: () => uid, setgroups: note('groups'), setgid: note('gid'), setuid: note('uid') } };
}

test('who is not root stays who they are', () => {
  const { self, told } = processOf(1234);
  becomeOwnerOf(folder, self);
  expect(told).toEqual([]);
});

test('without a folder root becomes an ordinary user all the same, groups first, user last', () => {
  const { self, told } = processOf(0);
  becomeOwnerOf(join(folder, 'none'), self);
  expect(told).toEqual(['groups []', 'gid 1000', 'uid 1000']);
});

test('a folder of root’s, as rootless Docker shows the person’s own, changes nothing', () => {
  const { uid, gid } = statSync('/');
  expect([uid, gid]).toEqual([0, 0]);
  const { self, told } = processOf(0);
  becomeOwnerOf('/', self);
  expect(told).toEqual([]);
});

test('a container that may not change its user is told what it lacks', () => {
  const { self } = processOf(0);
  const refuse = (): never => {
    throw new Error('EPERM, Operation not permitted');
  };
  expect(() => becomeOwnerOf(join(folder, 'none'), { ...self, setuid: refuse })).toThrow(expect.objectContaining({ exitCode: 6, hint: expect.stringContaining('SETUID') as string }));
});

test.runIf(process.getuid?.() === 0)('what root writes afterwards belongs to the owner of the folder', () => {
  chownSync(folder, 4321, 4322);
  const program = `
    import { mkdirSync } from 'node:fs';
    import { becomeOwnerOf } from ${JSON.stringify(join(ROOT, 'scripts/reports-owner.ts'))};
    becomeOwnerOf(${JSON.stringify(folder)});
    mkdirSync(${JSON.stringify(join(folder, 'report'))});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { uid, gid } = statSync(join(folder, 'report'));
  expect([uid, gid]).toEqual([4321, 4322]);
});
