import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Errors } from 'typebox/schema';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunRequestSchema, type RunRequest } from '#contracts/runs.ts';
import { experimentNamed, shippedExperiments } from '../experiments/documents.ts';
import { tableRows } from '../experiments/table-rows.ts';
import { REGION } from './controller.fixture.ts';
import { planRun } from './plan-run.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-plan-'));
  vi.stubEnv('AZIMUTH_STATE_DIR', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const mistakesOf = (request: RunRequest): string[] => Errors(RunRequestSchema, request)[1].map(({ instancePath, message }) => `${instancePath} ${message}`);

describe('what can be asked for', () => {
  test.each(shippedExperiments().map((document) => [document.id, document] as const))('%s, as it is read', (_id, document) => {
    expect(mistakesOf({ document })).toEqual([]);
  });

  test.each((['embedded', 'compose'] as const).flatMap((body) => tableRows(body).map((row) => [`${row.id} of a region ${body}`, row] as const)))('row %s of the table, as it is run', (_what, row) => {
    const { az, document } = row.run(0);
    expect(mistakesOf({ document, azs: [az], ratePerSecond: 300, seed: 1, capacity: { ratedPerAz: 150, source: 'model' }, commit: 'a'.repeat(40), replay: './azimuth table --rows x' })).toEqual([]);
  });
});

describe('what is left out', () => {
  test("is the document's, on the first of its AZs, at the rate that the region was designed for", () => {
    const document = experimentNamed('az-freeze');
    expect(planRun({ document }, REGION)).toMatchObject({
      azs: ['az1'], ratePerSecond: 150, seed: 1, timeoutMs: null, allowInconclusive: false, capacity: { ratedPerAz: 75, source: 'model' }, commit: null,
      replay: './azimuth run az-freeze --az az1 --rate 150 --seed 1', about: { experiment: 'az-freeze', expected: 'PASS', attached: false },
    });
  });

  test('goes by the ovens that the document sets, where it sets them, but for the rate', () => {
    const document = { ...experimentNamed('az-freeze'), settings: { ovens: 4 } };
    expect(planRun({ document }, REGION)).toMatchObject({ ratePerSecond: 150, capacity: { ratedPerAz: 37 } });
  });

  test('is not what was said', () => {
    const said = { azs: ['az3', 'az1'], ratePerSecond: 20, seed: 7, timeoutMs: 5000, allowInconclusive: true, attached: true, capacity: { ratedPerAz: 9, source: 'measured' }, commit: 'b'.repeat(40), replay: 'again' } satisfies Partial<RunRequest>;
    const { attached, ...same } = said;
    expect(planRun({ document: experimentNamed('az-freeze'), ...said }, REGION)).toMatchObject({ ...same, about: { attached, azs: ['az3', 'az1'] } });
  });
});
