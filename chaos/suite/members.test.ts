import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SuiteDocument } from '#contracts/experiment.ts';
import { openDocument, shippedDocument } from '../experiments/documents.ts';
import { parseExperiment } from '../experiments/reading/read.ts';
import { shippedNames, shippedPath } from '../experiments/shipped-names.ts';
import { openMembers } from './members.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-suite-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const suiteOf = (...experiments: string[]): string => ['apiVersion: azimuth/v1', 'kind: Suite', 'id: mine', 'title: Mine', 'experiments:', ...experiments.map((one) => `  - { ${one} }`), ''].join('\n');
function opened(...experiments: string[]): ReturnType<typeof openMembers> {
  const path = join(folder, 'mine.yaml');
  writeFileSync(path, suiteOf(...experiments));
  return openMembers(openDocument(path) as SuiteDocument, path);
}
const mistakes = (text: string): string[] => parseExperiment(text, 'mine.yaml').problems.map(({ line, message }) => `${line} ${message}`);

test('holds what is shipped by its name, and what lies beside it by its path', () => {
  copyFileSync(shippedPath('az-freeze'), join(folder, 'frozen.yaml'));
  expect(opened('experiment: dc-loss, weight: 2', 'experiment: ./frozen.yaml, advisory: true')).toMatchObject([
    { document: { id: 'dc-loss' }, asked: 'dc-loss', isAdvisory: false, weight: 2 }, { document: { id: 'az-freeze' }, asked: join(folder, 'frozen.yaml'), isAdvisory: true, weight: 1 },
  ]);
});

test('is refused with what is no experiment, and with two of one name', () => {
  expect(() => opened('experiment: capacity')).toThrow(/mine holds capacity, which is no experiment with phases/);
  copyFileSync(shippedPath('az-freeze'), join(folder, 'frozen.yaml'));
  expect(() => opened('experiment: az-freeze', 'experiment: ./frozen.yaml')).toThrow(/two experiments that are called az-freeze/);
  expect(() => opened('experiment: ./nowhere.yaml')).toThrow(/cannot be read/);
});

test('says line and field of what is wrong in it', () => {
  expect(mistakes(suiteOf('experiment: az-freze', 'experiment: dc-loss', 'experiment: dc-loss'))).toEqual([
    '6 experiments[0].experiment: there is no experiment "az-freze"; did you mean az-freeze?', '8 experiments[2].experiment: dc-loss stands here twice',
  ]);
  expect(mistakes(suiteOf('experiment: az-freeze, weight: 0, required: true'))).toEqual([
    expect.stringMatching(/^6 experiments\[0\]\.weight: "0" must be a number above 0/), expect.stringMatching(/^6 experiments\[0\]\.required: there is no such field here/),
  ]);
  expect(mistakes(suiteOf())).toEqual([expect.stringMatching(/experiments/)]);
  expect(mistakes(suiteOf('experiment: az-freeze').replace('kind: Suite', 'kind: Suit'))[0]).toMatch(/did you mean Suite\?/);
});

test('that is shipped holds every experiment that is shipped', () => {
  const suite = shippedDocument('all-faults') as SuiteDocument;
  const members = openMembers(suite, shippedPath('all-faults')).map(({ document }) => document.id);
  expect([...members].sort()).toEqual(shippedNames().filter((name) => shippedDocument(name).kind === 'Experiment'));
  expect(readFileSync(shippedPath('all-faults'), 'utf8')).toContain('abort-rehearsal');
});
