import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import { RENDERINGS } from '#chaos/report/renderings.ts';
import { lifelikeEvidence, verdictOf } from '#chaos/report/reported-run.fixture.ts';
import { writeReport } from '../experiments/report-folder.ts';
import { judgeCommand } from './judge.ts';

let state: string;
let folder: string;
let printed: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-judge-'));
  folder = join(state, 'report');
  const evidence = [lifelikeEvidence({ rate: 100 })];
  writeReport(folder, verdictOf(evidence), evidence);
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
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
  expect(JSON.parse(printed)).toEqual(JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')));
  expect(JSON.parse(printed)).toMatchObject({ verdict: 'PASS', experiment: 'az-power-loss' });
});

it('judges a report that cannot be written, and says that it could not be', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  // A folder where a file is to be written: root may write anything else.
  mkdirSync(join(folder, 'verdict.json.part'));
  await judgeCommand().parseAsync([folder], { from: 'user' });
  expect(process.exitCode).toBe(EXIT.PASS);
  expect(printed).toMatch(/^PASS/);
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/could not be written/));
});
