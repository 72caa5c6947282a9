import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VERDICT_SCHEMA, type Verdict } from '#contracts/verdict.ts';
import { judge } from '#chaos/verdict/judge.ts';
import { stagedDocument, stagedJournal, stagedRecords } from '#chaos/verdict/staged-run.fixture.ts';
import { readReport, reportFolder, writeReport, type Evidence } from './report-folder.ts';

const evidence: Evidence = { document: stagedDocument, records: stagedRecords(), journal: stagedJournal() };
const run = judge(evidence.records, evidence.journal, evidence.document);
const verdict = (runs = [run]): Verdict => ({ schema: VERDICT_SCHEMA, experiment: 'staged', verdict: 'PASS', expected: 'PASS', seed: 7, region: 'azimuth', runs, replay: './azimuth run staged' });

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-report-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

describe('a report', () => {
  test('lies under its time and experiment', () => {
    expect(reportFolder('/state/reports', 'az-freeze', new Date('2025-02-03T04:05:06.789Z'))).toBe('/state/reports/2025-02-03T04-05-06Z-az-freeze');
  });

  test('read back gives the same verdict', () => {
    const folder = join(state, 'reports', 'one');
    writeReport(folder, verdict(), [evidence]);
    const [kept] = readReport(folder).runs;
    expect(judge(kept?.records ?? [], kept?.journal ?? [], kept?.document ?? stagedDocument)).toEqual(run);
    expect(readdirSync(folder).sort()).toEqual(['document.json', 'events.json', 'records.ndjson.gz', 'verdict.json']);
  });

  test('of several AZs keeps each in a folder of its own', () => {
    const folder = join(state, 'reports', 'all');
    writeReport(folder, verdict([run, { ...run, az: 'az2' }]), [evidence, evidence]);
    expect(readdirSync(folder).sort()).toEqual(['az1', 'az2', 'verdict.json']);
    expect(readReport(folder).runs).toHaveLength(2);
  });

  test('of before documents were YAML is refused, not half understood', () => {
    const folder = join(state, 'reports', 'old');
    const { kind: _kind, ...old } = evidence.document;
    writeReport(folder, verdict(), [{ ...evidence, document: old as Evidence['document'] }]);
    expect(() => readReport(folder)).toThrow(/its document is of before azimuth\/v1/);
  });

  test('that cannot be written is one clear error and leaves nothing', () => {
    writeFileSync(join(state, 'reports'), 'a file where the folder should be');
    expect(() => writeReport(join(state, 'reports', 'one'), verdict(), [evidence])).toThrow(/The report could not be written/);
    expect(readdirSync(state)).toEqual(['reports']);
  });

  test.each([
    ['no folder', () => undefined],
    ['a folder without records', (folder: string) => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'verdict.json'), JSON.stringify(verdict()));
    }],
    ['records that are no archive', (folder: string) => {
      mkdirSync(folder);
      for (const name of ['verdict.json', 'document.json', 'events.json']) writeFileSync(join(folder, name), '{}');
      writeFileSync(join(folder, 'records.ndjson.gz'), 'not zipped');
    }],
  ])('%s is refused by name', (_what, make) => {
    const folder = join(state, 'broken');
    make(folder);
    expect(() => readReport(folder)).toThrow(/broken is no report of a run/);
  });
});
