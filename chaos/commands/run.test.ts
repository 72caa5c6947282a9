import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shippedPath } from '../experiments/shipped-names.ts';
import { runCommand } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is said before a region is looked for. */
const refusal = async (...words: string[]): Promise<{ exitCode: number; text: string }> => {
  const error: unknown = await runCommand({ isUnchangedSince: () => true }).parseAsync(words, { from: 'user' }).catch((thrown: unknown) => thrown);
  const { exitCode, message, hint } = error as { exitCode: number; message: string; hint?: string };
  return { exitCode, text: `${message} ${hint ?? ''}` };
};
const fileOf = (from: string, to: string): string => {
  const path = join(folder, 'mine.yaml');
  writeFileSync(path, readFileSync(shippedPath('az-freeze'), 'utf8').replace(from, to));
  return path;
};

test.each<[string, string[], RegExp]>([
  ['a name that is none', ['az-freze'], /There is no experiment "az-freze"\. Did you mean az-freeze\?/],
  ['a file that is not there', ['./nowhere.yaml'], /nowhere\.yaml cannot be read/],
  ['one AZ and all of them', ['az-freeze', '--az', 'az1', '--all'], /Give --az or --all, not both/],
  ['going on with what cannot go on', ['az-freeze', '--resume'], /--resume goes with a suite, and with a search such as "run capacity", only/],
  ['so many times of what is no suite', ['az-freeze', '--times', '5'], /--times goes with a suite only/],
  ['a suite with flags that make other experiments of it', ['all-faults', '--ovens', '6', '--no-rescue', '--detach'], /all-faults is a suite, whose experiments are run as they are written: leave --ovens, --detach, --no-rescue out/],
  ['a search with flags of a fault', ['capacity', '--rate', '5', '--no-rescue', '--timeout', '3m'], /"run capacity" searches for the rate itself and makes no fault: leave --rate, --timeout, --no-rescue out/],
])('%s is exit code 2, before anything is done', async (_what, words, text) => {
  expect(await refusal(...words)).toEqual({ exitCode: 2, text: expect.stringMatching(text) as string });
});

test('an AZ that the matrix does not hold is exit code 2, and those that it holds are named', async () => {
  expect(await refusal(fileOf('az: [az1, az2, az3]', 'az: [az2, az3]'), '--az', 'az1')).toEqual({ exitCode: 2, text: 'az-freeze does not run on az1. Its matrix holds az2, az3.' });
});

test('a document with mistakes is exit code 2, with all of them', async () => {
  const path = fileOf('metric: moved_ms', 'metric: move_ms');
  writeFileSync(path, readFileSync(path, 'utf8').replace('expect: PASS', 'expect: pass'));
  const { exitCode, text } = await refusal(path);
  expect(exitCode).toBe(2);
  expect(text).toMatch(/mine\.yaml has 2 mistakes:\n {2}\S+mine\.yaml:\d+:\d+: assert\[3\]\.metric: .*\n {2}\S+mine\.yaml:\d+:\d+: expect: "pass" must be one of PASS/);
});
