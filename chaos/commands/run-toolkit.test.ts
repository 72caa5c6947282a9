import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { experimentCommand } from './experiment.ts';
import { Printed } from './printed.fixture.ts';
import { runCommand } from './run.ts';

let folder: string;
let printed: Printed;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-run-toolkit-'));
  printed = Printed.keep();
});
afterEach(() => {
  printed.restore();
  rmSync(folder, { recursive: true });
});

const node = (script: string): unknown => ({ type: 'process', path: process.execPath, arguments: ['-e', script], timeout: 20 });
const experiment = (rollback = '0'): unknown => ({
  title: 'Arithmetic', 'steady-state-hypothesis': { title: 'It ends.', probes: [{ type: 'probe', name: 'ends', tolerance: 0, provider: node('0') }] },
  method: [{ type: 'action', name: 'count', provider: node('console.log(6 * 7)') }], rollbacks: [{ type: 'action', name: 'undo', provider: node(rollback) }],
});
const fileOf = (written: unknown, name = 'arithmetic.json'): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(written));
  return path;
};
const run = (...words: string[]): Promise<unknown> => runCommand({ isUnchangedSince: () => true }).parseAsync([...words, '--report-dir', join(folder, 'reports')], { from: 'user' });

describe('"run" of an experiment of Chaos Toolkit', () => {
  test('prints the verdict, ends with its exit code and keeps the journal', async () => {
    await run(fileOf(experiment()));
    expect([printed.out, process.exitCode]).toEqual(['PASS\n', 0]);
    const [report = ''] = readdirSync(join(folder, 'reports'));
    expect(report).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-arithmetic$/);
    expect(JSON.parse(readFileSync(join(folder, 'reports', report, 'chaos-toolkit-journal.json'), 'utf8'))).toMatchObject({ status: 'completed', run: [{ output: { status: 0, stdout: '42\n' } }] });
  });

  test('keeps the journals of two runs of the same second, and says where each lies', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 29, 4, 5, 6) });
    await run(fileOf(experiment()));
    await run(fileOf(experiment()));
    vi.useRealTimers();
    const reports = ['2026-11-29T04-05-06Z-arithmetic', '2026-11-29T04-05-06Z-arithmetic-2'];
    expect(readdirSync(join(folder, 'reports')).sort()).toEqual(reports);
    for (const report of reports) expect(printed.err).toContain(`Journal: ${join(folder, 'reports', report, 'chaos-toolkit-journal.json')}\n`);
  });

  test('is no PASS when a rollback failed', async () => {
    await run(fileOf(experiment('process.exitCode = 4')));
    expect([printed.out, process.exitCode]).toEqual(['ERROR\n  Rollback "undo" failed: it ended with 4. What it was to undo may still be there.\n', 6]);
  });

  test('with a mistake is exit code 2, before anything is done', async () => {
    const path = fileOf({ title: 'x', method: [{ type: 'action', name: 'a', provider: { type: 'python', module: 'm', func: 'f' } }] });
    await expect(run(path)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/has a mistake:\n.*arithmetic\.json:1:\d+: method\[0\]\.provider\.type: python \(m\.f\) is not run here/) as string });
    expect(readdirSync(folder)).toEqual(['arithmetic.json']);
  });

  test('takes none of the flags that are about documents of ours', async () => {
    await expect(run(fileOf(experiment()), '--az', 'az1', '--rate', '5')).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/says itself what is done: leave --az, --rate out\./) as string });
  });
});

describe('"experiment"', () => {
  const say = (...words: string[]): Promise<unknown> => experimentCommand().exitOverride().parseAsync(words, { from: 'user' });

  test('exports a document that it finds in order', async () => {
    await say('export', 'az-freeze', '--az', 'az3', '--format', 'chaos-toolkit');
    const path = fileOf(JSON.parse(printed.out), 'exported.json');
    printed.out = '';
    await say('check', path);
    expect(printed.out).toMatch(/exported\.json: in order: Chaos Toolkit's ".* \(az3\)"\n$/);
  });

  test.each([
    ['what searches', ['capacity'], /searches and makes no fault/],
    ['what is about the bare arm', ['az-power-loss-bare'], /cannot ask for/],
  ])('refuses to export %s', async (_what, words, message) => {
    await expect(say('export', ...words, '--format', 'chaos-toolkit')).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) as string });
  });
});
