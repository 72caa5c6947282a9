import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepFetched } from './fetched-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-fetched-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a report lies where it was wanted, with its folders', () => {
  const kept = keepFetched(join(folder, 'r'), new Map([['verdict.json', Buffer.from('{}')], ['az1/events.json', Buffer.from('[]')]]));
  expect([kept, readFileSync(join(kept, 'az1/events.json'), 'utf8')]).toEqual([join(folder, 'r'), '[]']);
});

it.each(['../outside', 'az1/../../outside', '/tmp/azimuth-outside', '..\\outside'])('a file that calls itself %s is refused, and nothing is kept', (path) => {
  expect(() => keepFetched(join(folder, 'r'), new Map([['verdict.json', Buffer.from('{}')], [path, Buffer.from('x')]]))).toThrow(/lies outside/);
  expect([readdirSync(folder), existsSync('/tmp/azimuth-outside')]).toEqual([[], false]);
});
