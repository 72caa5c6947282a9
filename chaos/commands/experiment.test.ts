import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shippedNames, shippedPath } from '../experiments/shipped-names.ts';
import { experimentCommand } from './experiment.ts';
import { Printed } from './printed.fixture.ts';

let folder: string;
let printed: Printed;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-experiment-'));
  printed = Printed.keep();
});
afterEach(() => {
  printed.restore();
  rmSync(folder, { recursive: true });
});

const say = async (...words: string[]): Promise<string> => {
  printed.out = '';
  await experimentCommand().parseAsync(words, { from: 'user' });
  return printed.out;
};
/** A file with a shipped document in which some text is replaced. */
const fileOf = (from = '', to = ''): string => {
  const path = join(folder, 'mine.yaml');
  writeFileSync(path, readFileSync(shippedPath('az-freeze'), 'utf8').replace(from, to));
  return path;
};

test('lists what is shipped, and what of it needs containers', async () => {
  const lines = (await say('list')).trim().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(shippedNames());
  expect(lines.filter((line) => line.endsWith('(containers only)'))).toHaveLength(2);
  expect(JSON.parse(await say('list', '--json'))).toContainEqual({ id: 'capacity', title: 'How much an AZ can take', kind: 'KneeSearch' });
});

test('shows a document as it is written, or as programs take it', async () => {
  expect(await say('show', 'az-freeze')).toBe(readFileSync(shippedPath('az-freeze'), 'utf8'));
  expect(JSON.parse(await say('show', 'az-freeze', '--json'))).toMatchObject({ id: 'az-freeze', phases: { faultMs: 12_000 }, fault: { verb: 'freeze' } });
});

test('a document in order is exit code 0 and says what it would do', async () => {
  const path = fileOf();
  expect(await say('check', path)).toBe(`${path}: in order: az1, az2, az3, 6 assertions, at most 91 s each at peak\n`);
  expect(process.exitCode ?? 0).toBe(0);
});

test('a document with a mistake is exit code 2 and names the place, in a file that an editor opens', async () => {
  const path = fileOf('metric: moved_ms', 'metric: move_ms');
  expect(await say('check', path, shippedPath('capacity'))).toMatch(new RegExp(`^${path}:\\d+:\\d+: assert\\[3\\]\\.metric: "move_ms" must be one of .*; did you mean moved_ms\\?\n`));
  expect(process.exitCode).toBe(2);
  expect(JSON.parse(await say('check', path, '--json'))).toEqual([expect.objectContaining({ file: path, line: expect.any(Number) as number })]);
});

test('prints the schema that the shipped documents point to', async () => {
  expect(JSON.parse(await say('schema'))).toEqual(JSON.parse(readFileSync(new URL('../experiments/experiment.schema.json', import.meta.url), 'utf8')));
});
