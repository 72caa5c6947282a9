import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keyOf } from './stand-ins.ts';

test('a stand-in is another one when its files, its program or its processor are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-recipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const key = keyOf({ folder, version: '1.0.0' }, 'x64');
  mkdirSync(join(folder, 'node_modules'));
  expect(keyOf({ folder, version: '1.0.0' }, 'x64')).toBe(key);
  const others = [keyOf({ folder, version: '1.0.1' }, 'x64'), keyOf({ folder, version: '1.0.0' }, 'arm64')];
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nUSER 1\n');
  others.push(keyOf({ folder, version: '1.0.0' }, 'x64'));
  expect(new Set([key, ...others]).size).toBe(4);
});
