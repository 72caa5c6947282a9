import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { experimentNamed } from '../experiments/documents.ts';
import { SuiteStore, standingRun, type Standing } from './store.ts';
import { suiteRun } from './suite.fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-suite-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the runs of a suite', () => {
  test('are there for the next start, and for one that begins anew they are not', () => {
    const store = new SuiteStore(join(folder, 'evidence'), 'mine', false);
    store.add(suiteRun('az-freeze'));
    store.add(suiteRun('az-freeze', { az: 'az2' }));
    expect(new SuiteStore(join(folder, 'evidence'), 'mine', true).runs).toEqual([suiteRun('az-freeze'), suiteRun('az-freeze', { az: 'az2' })]);
    expect(new SuiteStore(join(folder, 'evidence'), 'mine', false).runs).toEqual([]);
    expect(new SuiteStore(join(folder, 'evidence'), 'other', true).runs).toEqual([]);
  });

  test('cut at any byte, or no runs at all, are a suite that begins anew', () => {
    const store = new SuiteStore(folder, 'mine', false);
    store.add(suiteRun('az-freeze'));
    const path = join(folder, 'suite-mine.json');
    const text = readFileSync(path, 'utf8');
    for (let length = 0; length < text.length - 1; length += 1) {
      writeFileSync(path, text.slice(0, length));
      expect(new SuiteStore(folder, 'mine', true).runs).toEqual([]);
    }
    writeFileSync(path, '[null, 3, {"experiment": "x"}]');
    expect(new SuiteStore(folder, 'mine', true).runs).toEqual([]);
  });
});

describe('a run of before', () => {
  const document = experimentNamed('az-freeze');
  const turn = { document, az: 'az1', seed: 1 } as const;
  const standing: Standing = { ratePerSecond: 300, isSameCode: (commit) => commit === 'c'.repeat(40), nowMs: 1_060_000, maxAgeMs: 60_001 };

  test('stands for a turn of the same experiment', () => {
    expect(standingRun([suiteRun('replica-loss'), suiteRun('az-freeze')], turn, standing)).toEqual(suiteRun('az-freeze'));
  });

  test.each<[string, Parameters<typeof suiteRun>[1], Partial<Standing>]>([
    ['of another AZ', { az: 'az2' }, {}], ['of another seed', { seed: 2 }, {}], ['at another rate', { ratePerSecond: 150 }, {}], ['of other code', { commit: null }, {}],
    ['of a document that was changed', { documentHash: 'x' }, {}], ['that did not end as expected', { asExpected: false }, {}], ['that is too old', {}, { maxAgeMs: 60_000 }], ['of the future', { atMs: 1_060_001 }, {}],
  ])('%s does not', (_what, change, others) => {
    expect(standingRun([suiteRun('az-freeze', change)], turn, { ...standing, ...others })).toBeNull();
  });

  test('does not when a later one ended otherwise', () => {
    expect(standingRun([suiteRun('az-freeze'), suiteRun('az-freeze', { asExpected: false })], turn, standing)).toBeNull();
  });
});
