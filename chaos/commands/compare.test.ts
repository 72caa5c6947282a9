import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { Comparison } from '#chaos/report/compare/compare.ts';
import { lifelikeEvidence, verdictOf, type LifelikeRun } from '#chaos/report/reported-run.fixture.ts';
import { writeReport } from '../experiments/report-folder.ts';
import { compareCommand } from './compare.ts';
import { Printed } from './printed.fixture.ts';

const SMALL: Partial<LifelikeRun> = { rate: 100, baselineS: 15, faultS: 12, recoveryS: 20 };
let folder: string;
let printed: Printed;

/** Folder of a report; `change` is seen by every record. */
function reportOn(name: string, run: Partial<LifelikeRun>, change: (record: CustomerRecord) => CustomerRecord = (record) => record, experiment = 'az-power-loss'): string {
  const evidence = lifelikeEvidence({ ...SMALL, ...run });
  const kept = { ...evidence, records: evidence.records.map(change) };
  writeReport(join(folder, name), { ...verdictOf([kept]), experiment }, [kept]);
  return join(folder, name);
}

async function compared(...words: string[]): Promise<string> {
  await compareCommand().parseAsync(words, { from: 'user' });
  return printed.out;
}

describe('compare', () => {
  let one: string;
  let same: string;
  let slow: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'azimuth-compare-'));
    one = reportOn('one', { seed: 1 });
    same = reportOn('same', { seed: 2 });
    slow = reportOn('slow', { seed: 3 }, (record) => ({ ...record, answeredMs: record.answeredMs === null ? null : record.answeredMs + 60 }));
  });
  beforeEach(() => {
    printed = Printed.keep();
  });
  afterEach(() => printed.restore());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('ends with 0 for two reports of the same', async () => {
    expect(await compared(one, same)).toMatch(/^az-power-loss: no difference beyond the noise\n/);
    expect(process.exitCode).toBe(EXIT.PASS);
  });

  test('ends with 1 where something is worse, and with 0 where it is better', async () => {
    expect(await compared(one, slow)).toMatch(/worse {3}az1 {2}p50 before/);
    expect(process.exitCode).toBe(EXIT.FAIL);
    printed.out = '';
    expect(await compared(slow, one)).toMatch(/better {2}az1 {2}p50 before/);
    expect(process.exitCode).toBe(EXIT.PASS);
  });

  test('takes several reports a side', async () => {
    const comparison = JSON.parse(await compared(`${one},${same}`, slow, '--json')) as Comparison;
    expect(comparison).toMatchObject({ schema: 'azimuth.comparison/1', experiment: 'az-power-loss', confidence: 0.99 });
    expect(comparison.azs[0]?.verdicts).toEqual({ before: ['PASS', 'PASS'], after: ['PASS'] });
  });

  test('refuses what is not alike, and what is no report', async () => {
    await expect(compared(one, reportOn('other', { seed: 4 }, undefined, 'az-freeze'))).rejects.toThrow('different experiments: az-power-loss, az-freeze');
    await expect(compared(one, reportOn('faster', { seed: 5, rate: 120 }))).rejects.toThrow('different rates: 100, 120 orders/s');
    await expect(compared(one, folder)).rejects.toThrow('is no report of a run');
  });

  test('ends with 3 where no run carries a comparison', async () => {
    const lost = reportOn('lost', { seed: 6 }, (record) => ({ ...record, seq: record.seq * 2 }));
    expect(await compared(one, lost)).toMatch(/az1: there is no run to compare after\./);
    expect(process.exitCode).toBe(EXIT.INCONCLUSIVE);
  });
});
