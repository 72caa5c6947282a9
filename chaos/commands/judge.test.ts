import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Verdict } from '#contracts/verdict.ts';
import type { Evidence } from '#chaos/report/report.ts';
import { RENDERINGS } from '#chaos/report/renderings.ts';
import { lifelikeEvidence, verdictOf } from '#chaos/report/reported-run.fixture.ts';
import { writeReport } from '../experiments/report-folder.ts';
import { judgeCommand } from './judge.ts';
import { Printed } from './printed.fixture.ts';

let state: string;
let folder: string;
let printed: Printed;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-judge-'));
  folder = join(state, 'report');
  const evidence = [lifelikeEvidence({ rate: 100 })];
  writeReport(folder, verdictOf(evidence), evidence);
  printed = Printed.keep();
});
afterEach(() => {
  printed.restore();
  rmSync(state, { recursive: true, force: true });
});

it('draws the report of an old run that had none', async () => {
  for (const { file } of RENDERINGS) rmSync(join(folder, file));
  await judgeCommand().parseAsync([folder], { from: 'user' });
  expect(process.exitCode).toBe(EXIT.PASS);
  for (const { file } of RENDERINGS) expect(readFileSync(join(folder, file), 'utf8')).toContain('az-power-loss');
});

it('keeps the verdict that the records give, whatever was kept', async () => {
  const kept = JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as { verdict: string };
  writeFileSync(join(folder, 'verdict.json'), JSON.stringify({ ...kept, verdict: 'FAIL' }));
  await judgeCommand().parseAsync([folder, '--json'], { from: 'user' });
  expect(JSON.parse(printed.out)).toEqual(JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')));
  expect(JSON.parse(printed.out)).toMatchObject({ verdict: 'PASS', experiment: 'az-power-loss' });
});

/** Kept anew, in the place of the staged one. */
function keep(evidence: Evidence, change: Partial<Verdict> = {}): void {
  rmSync(folder, { recursive: true });
  writeReport(folder, { ...verdictOf([evidence]), ...change }, [evidence]);
}

it('ends as the run did: a control arm that fails as its document expects ends with 0, one that passes does not', async () => {
  const failing = lifelikeEvidence({ rate: 100, lost: 5 });
  keep({ ...failing, document: { ...failing.document, expect: 'FAIL' } });
  await judgeCommand().parseAsync([folder], { from: 'user' });
  expect([process.exitCode, printed.out.slice(0, 4)]).toEqual([EXIT.PASS, 'FAIL']);

  const passing = lifelikeEvidence({ rate: 100 });
  keep({ ...passing, document: { ...passing.document, expect: 'FAIL' } });
  await judgeCommand().parseAsync([folder], { from: 'user' });
  expect(process.exitCode).toBe(EXIT.FAIL);
});

it('keeps that AZs were not come to, which is no PASS', async () => {
  keep(lifelikeEvidence({ rate: 100 }), { notRun: ['az2', 'az3'] });
  await judgeCommand().parseAsync([folder, '--json'], { from: 'user' });
  expect(process.exitCode).toBe(EXIT.ABORTED);
  expect(JSON.parse(printed.out)).toMatchObject({ verdict: 'ABORTED', notRun: ['az2', 'az3'], runs: [{ verdict: 'PASS' }] });
});

it('refuses a report of which an AZ is gone: what is left would pass for all of it', async () => {
  rmSync(folder, { recursive: true });
  const evidence = [lifelikeEvidence({ rate: 100 }), lifelikeEvidence({ rate: 100, az: 'az2', lost: 5 })];
  writeReport(folder, verdictOf(evidence), evidence);
  rmSync(join(folder, 'az2'), { recursive: true });
  await expect(judgeCommand().parseAsync([folder], { from: 'user' })).rejects.toMatchObject({ exitCode: EXIT.USAGE, message: expect.stringMatching(/evidence of 1 of its 2 runs/) as string });
});

it('reads a report of before that was kept', async () => {
  const { notRun: _, ...older } = JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as Verdict;
  writeFileSync(join(folder, 'verdict.json'), JSON.stringify(older));
  await judgeCommand().parseAsync([folder], { from: 'user' });
  expect(process.exitCode).toBe(EXIT.PASS);
});

it('judges a report that cannot be written, and says that it could not be', async () => {
  // A folder where a file is to be written: root may write anything else.
  mkdirSync(join(folder, 'verdict.json.part'));
  await judgeCommand().parseAsync([folder], { from: 'user' });
  expect(process.exitCode).toBe(EXIT.PASS);
  expect(printed.out).toMatch(/^PASS/);
  expect(printed.err).toMatch(/could not be written/);
});
