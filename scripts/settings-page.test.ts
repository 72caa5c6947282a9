import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHouse } from './tidy.ts';
import { ROOT } from './tool.ts';

const OURS = /\bAZIMUTH_[A-Z_]+\b/g;
const namesIn = (text: string): string[] => [...text.matchAll(OURS)].map(([name]) => name);

test('the page of settings names every variable of ours that a source or the description reads, and no other', () => {
  const page = new Set(namesIn(readFileSync(join(ROOT, 'docs/settings.md'), 'utf8')));
  const read = new Set([...readHouse(ROOT).values(), readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')].flatMap(namesIn));
  expect(read.size).toBeGreaterThan(10);
  expect([...read].filter((name) => !page.has(name))).toEqual([]);
  expect([...page].filter((name) => !read.has(name))).toEqual([]);
});
