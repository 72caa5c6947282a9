import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStateFolder } from './state-space.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes the folder, also one that is there', () => {
  prepareStateFolder(join(folder, 'a', 'b'), 0);
  prepareStateFolder(join(folder, 'a', 'b'), 0);
  expect(existsSync(join(folder, 'a', 'b'))).toBe(true);
});

it('says what to do where a file is in the way', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => prepareStateFolder(join(folder, 'file', 'region'), 0)).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('AZIMUTH_STATE_DIR') as string }) as Error);
});

it('says how much room is missing', () => {
  expect(() => prepareStateFolder(folder, Number.MAX_SAFE_INTEGER)).toThrow(/The disk is full: .* MiB left/);
});
