import { describe, expect, test } from 'vitest';
import type { SuiteRun, SuiteVerdict } from '#contracts/suite.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { suiteJunit, suiteMarkdown } from './report.ts';
import { suiteRun } from './suite.fixture.ts';
import { judgeSuite } from './verdict.ts';

const HOSTILE = 'it said "<x>&" | `y` \u0007';
const verdictOf = (freeze: Partial<SuiteRun>, { wanted = 1, isAdvisory = false, withRehearsal = true } = {}): SuiteVerdict =>
  judgeSuite(
    [{ document: experimentNamed('az-freeze'), isAdvisory, weight: 1, wanted }, ...(withRehearsal ? [{ document: experimentNamed('abort-rehearsal'), isAdvisory: false, weight: 1, wanted: 1 }] : [])],
    [suiteRun('az-freeze', freeze), ...(withRehearsal ? [suiteRun('abort-rehearsal')] : [])],
    { suite: 'mine', title: 'Mine', region: 'azimuth', body: 'embedded', atMs: 5, leftOut: [], replay: './azimuth run mine' },
  );
const counts = (xml: string): (string | undefined)[] => ['tests', 'failures', 'errors', 'skipped'].map((name) => new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1]);

describe('as JUnit', () => {
  test('is a case for each run, green only where it ended as it must', () => {
    expect(counts(suiteJunit(verdictOf({})))).toEqual(['2', '0', '0', '0']);
    expect(counts(suiteJunit(verdictOf({ verdict: 'FAIL', asExpected: false })))).toEqual(['2', '1', '0', '0']);
    expect(counts(suiteJunit(verdictOf({ verdict: 'INCONCLUSIVE', asExpected: false })))).toEqual(['2', '0', '1', '0']);
  });

  test('has a case for a run that was not made, and one for what no run says', () => {
    expect(counts(suiteJunit(verdictOf({}, { wanted: 2 })))).toEqual(['3', '0', '1', '0']);
    const untried = suiteJunit(verdictOf({}, { withRehearsal: false }));
    expect(counts(untried)).toEqual(['2', '0', '1', '0']);
    expect(untried).toContain('No guardrail was tripped on purpose');
  });

  test('skips what only advises', () => {
    expect(counts(suiteJunit(verdictOf({ verdict: 'FAIL', asExpected: false }, { isAdvisory: true })))).toEqual(['2', '0', '0', '1']);
  });

  test('is well formed whatever a reason says', () => {
    const xml = suiteJunit(verdictOf({ verdict: 'FAIL', asExpected: false, reasons: [HOSTILE] }));
    expect(xml).toContain('&quot;&lt;x&gt;&amp;&quot;');
    expect(xml).not.toContain('\u0007');
  });
});

describe('as Markdown', () => {
  test('begins with the verdict, why, and how to do it again, and leads to the report of each run', () => {
    const text = suiteMarkdown(verdictOf({ verdict: 'FAIL', asExpected: false, reasons: ['3 orders failed.'] }), '/reports/2026-mine');
    expect(text).toMatch(/^# ❌ FAIL: Mine\n\n1 of 2 runs of suite mine ended as their documents expect; score 50 %\.\n\n\*\*Why\*\*\n\n1\. az-freeze in az1: FAIL\. 3 orders failed\.\n\n\*\*Again\*\*\n\n```sh\n\.\/azimuth run mine\n```/);
    expect(text).toContain('| az-freeze | az1 | FAIL | PASS | NO | ../2026-az-freeze | 3 orders failed. |');
  });

  test('is no markup of a reason', () => {
    expect(suiteMarkdown(verdictOf({ verdict: 'FAIL', asExpected: false, reasons: [HOSTILE] }), '/reports/x')).toContain('\\<x\\>& " \\| \\`y\\`'.replace('& "', '&"'));
  });
});
