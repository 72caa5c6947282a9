import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VERDICT_SCHEMA, type Verdict } from '#contracts/verdict.ts';
import { judge } from '#chaos/verdict/judge.ts';
import { stagedDocument, stagedJournal, stagedRecords } from '#chaos/verdict/staged-run.fixture.ts';
import type { Evidence } from '#chaos/report/report.ts';
import { lifelikeEvidence, verdictOf } from '#chaos/report/reported-run.fixture.ts';
import { readReport, reportFolder, rewriteReport, writeReport } from './report-folder.ts';

const evidence: Evidence = { document: stagedDocument, records: stagedRecords(), journal: stagedJournal() };
const run = judge(evidence.records, evidence.journal, evidence.document);
const verdict = (runs = [run]): Verdict => ({ schema: VERDICT_SCHEMA, experiment: 'staged', verdict: 'PASS', expected: 'PASS', seed: 7, region: 'azimuth', runs, notRun: [], replay: './azimuth run staged' });

const kept = (folder: string): Parameters<typeof judge> => {
  const [one] = readReport(folder).runs;
  return [one?.records ?? [], one?.journal ?? [], one?.document ?? stagedDocument];
};

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
    expect(judge(...kept(folder))).toEqual(run);
    expect(readdirSync(folder).sort()).toEqual(['chaos-toolkit-journal.json', 'document.json', 'events.json', 'junit.xml', 'records.ndjson.gz', 'report.html', 'report.md', 'verdict.json']);
  });

  test('of a second run of the same second lies beside the first, and both can be judged again', () => {
    const wanted = join(state, 'reports', 'same');
    const folders = [writeReport(wanted, verdict(), [evidence]), writeReport(wanted, verdict(), [evidence])];
    expect(folders).toEqual([wanted, `${wanted}-2`]);
    for (const folder of folders) expect(judge(...kept(folder))).toEqual(run);
  });

  test('of several AZs keeps each in a folder of its own', () => {
    const folder = join(state, 'reports', 'all');
    writeReport(folder, verdict([run, { ...run, az: 'az2' }]), [evidence, evidence]);
    expect(readdirSync(folder).sort()).toEqual(['az1', 'az2', 'junit.xml', 'report.html', 'report.md', 'verdict.json']);
    for (const az of ['az1', 'az2']) expect(readdirSync(join(folder, az)).sort()).toEqual(['chaos-toolkit-journal.json', 'document.json', 'events.json', 'records.ndjson.gz']);
    expect(readReport(folder).runs).toHaveLength(2);
  });

  test('that is drawn anew says what the verdict says now, and leaves the evidence as it is', () => {
    const folder = join(state, 'reports', 'again');
    writeReport(folder, verdict(), [evidence]);
    const before = readFileSync(join(folder, 'records.ndjson.gz'));
    rewriteReport(folder, verdict([{ ...run, verdict: 'FAIL', reasons: ['Judged by stricter bars.'] }]), [evidence]);
    for (const file of ['verdict.json', 'junit.xml', 'report.html', 'report.md']) expect(readFileSync(join(folder, file), 'utf8')).toContain('Judged by stricter bars.');
    expect(readFileSync(join(folder, 'records.ndjson.gz'))).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('that cannot be drawn keeps what it is drawn from, and says how to try again', () => {
    const folder = join(state, 'reports', 'undrawn');
    const broken = verdict([{ ...run, headroom: null as never }]);
    expect(() => writeReport(folder, broken, [evidence])).toThrow(/could not be drawn/);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['records.ndjson.gz', 'verdict.json', 'junit.xml']));
    expect(judge(...kept(folder))).toEqual(run);
  });

  test('of three AZs, a minute each at 300 orders/s, is written in two seconds', () => {
    const runs = (['az1', 'az2', 'az3'] as const).map((az, at) => lifelikeEvidence({ az, seed: at + 1 }));
    const told = verdictOf(runs);
    const beganMs = performance.now();
    const before = process.cpuUsage();
    writeReport(join(state, 'reports', 'three'), told, runs);
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    process.stdout.write(`${runs.reduce((sum, { records }) => sum + records.length, 0)} records: evidence and all formats written in ${(performance.now() - beganMs).toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of them CPU\n`);
    // Of work, so that a busy machine breaks nothing: whoever waits for a report has one of the processors.
    expect(cpuMs).toBeLessThan(2000);
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
