import { describe, expect, test } from 'vitest';
import { markdownReport } from './markdown.ts';
import type { Report } from './report.ts';
import { brokenAssertion, heldAssertion, lifelikeReport, stagedReport } from './reported-run.fixture.ts';

const FIRST_SCREEN = 24;
const firstScreen = (report: Report): string => markdownReport(report).split('\n').slice(0, FIRST_SCREEN).join('\n');

describe('a report as Markdown', () => {
  test('has verdict, worst three facts and the replay command on the first screen', () => {
    const report = lifelikeReport({ az: 'az1' }, { az: 'az2', seed: 2 }, { az: 'az3', seed: 3, lost: 2 });
    const screen = firstScreen(report);
    expect(screen).toMatch(/^# ❌ FAIL: An AZ loses power/);
    expect(screen).toMatch(/\n1\. \*\*az3\*\* 2 of \d+ orders failed; at most 0 may\.\n2\. \*\*az\d\*\* .+\n3\. \*\*az\d\*\* .+\n/);
    expect(screen).toContain(`\`\`\`sh\n${report.verdict.replay}\n\`\`\``);
  });

  test('has a table by AZ with a row for each, all as wide as its head', () => {
    const text = markdownReport(lifelikeReport({ az: 'az1' }, { az: 'az2', seed: 2 }));
    for (const table of text.split('\n\n').filter((block) => block.startsWith('|'))) {
      const widths = table.trimEnd().split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size, table).toBe(1);
    }
    expect(text).toMatch(/\n\| az1 \| PASS \| kill az1 \|/);
    expect(text).toMatch(/\n\| az2 \| PASS \| kill az2 \|/);
  });

  test('shows assertions beside what is allowed', () => {
    const text = markdownReport(stagedReport(undefined, undefined, [heldAssertion, brokenAssertion]));
    expect(text).toContain('| added-latency | PASS | 142 ms | ≤ 500 ms | fault | 3,000 |');
    expect(text).toContain('| failed-orders | FAIL | 3 orders | ≤ 0 orders | all | 12,000 |');
  });

  test('says where the time went and what happened when', () => {
    const text = markdownReport(stagedReport());
    expect(text).toContain('| detect | 90 ms | the fault | the first check failed |');
    expect(text).toContain('| restore | 2.00 s | the beginning of healing | everything ran again |');
    expect(text).toMatch(/\| 95 ms \| it was out of rotation \| balancers \|\n[^]*\| 10\.0 s \| healing began \| runner \|/);
  });

  test('lets no reason break a table or a heading', () => {
    const report = stagedReport();
    const nasty = { ...report, runs: report.runs.map((one) => ({ ...one, run: { ...one.run, verdict: 'ERROR' as const, reasons: ['a | b\n# c <script> `d`'] } })) };
    expect(markdownReport(nasty)).toContain('- a \\| b \\# c \\<script\\> \\`d\\`');
    const strange = { ...report, runs: report.runs.map((one) => ({ ...one, run: { ...one.run, az: 'az1 <b>\n# x' } })) };
    expect(markdownReport(strange)).not.toMatch(/[^\\]<b>|^# x/m);
  });

  test('says of a control arm that it is to fail', () => {
    const report = stagedReport();
    const control = (asExpected: boolean): Report => ({ ...report, runs: report.runs.map((one) => ({ ...one, expected: 'FAIL', asExpected })) });
    expect(firstScreen(control(false))).toContain('az1 ended PASS, where its document expects FAIL.');
    expect(firstScreen(control(true))).toContain('as its document expects.');
    expect(firstScreen(report)).not.toContain('expects');
  });

  test('says that there was no run, where there was none', () => {
    expect(firstScreen({ verdict: { ...stagedReport().verdict, verdict: 'ABORTED' }, runs: [] })).toMatch(/^# 🛑 ABORTED: staged\n\nNo run was made\./);
  });
});
