import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimStart, ClaimTaken } from './start-claim.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is one start at a time, and free again afterwards', () => {
  const giveUp = claimStart(folder);
  expect(() => claimStart(folder)).toThrow(ClaimTaken);
  giveUp();
  claimStart(folder)();
  expect(readdirSync(folder)).toEqual([]);
});

it.each([
  ['a process that is gone', `${spawnSync('true').pid}\n`],
  ['a file that was half written', ''],
  ['a file that is something else', 'hello'],
])('passes over %s', (_what, content) => {
  writeFileSync(join(folder, 'starting'), content);
  const giveUp = claimStart(folder);
  expect(readFileSync(join(folder, 'starting'), 'utf8')).toBe(`${process.pid}\n`);
  giveUp();
});

it('says who holds it, and where', () => {
  writeFileSync(join(folder, 'starting'), `${process.ppid}\n`);
  expect(() => claimStart(folder)).toThrow(expect.objectContaining({ pid: process.ppid, path: join(folder, 'starting') }) as Error);
});
