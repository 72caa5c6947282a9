import { describe, expect, test } from 'vitest';
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { SuiteRun, SuiteVerdict } from '#contracts/suite.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { brakeOf } from './brake.ts';
import { suiteRun } from './suite.fixture.ts';
import { runLine, suiteText } from './text.ts';
import { turnsOf } from './turns.ts';
import { judgeSuite, type JudgedMember } from './verdict.ts';

const member = (experiment: string, change: Partial<JudgedMember> = {}): JudgedMember => ({ document: experimentNamed(experiment), isAdvisory: false, weight: 1, wanted: 1, ...change });
const ABOUT = { suite: 'mine', title: 'Mine', region: 'azimuth', body: 'embedded' as const, atMs: 5, leftOut: [], replay: './azimuth run mine' };
const judged = (members: JudgedMember[], runs: SuiteRun[]): SuiteVerdict => judgeSuite(members, runs, ABOUT);
const REHEARSAL = member('abort-rehearsal');
const REHEARSED = suiteRun('abort-rehearsal');
const FREEZE = member('az-freeze', { wanted: 3 });
const frozen = (...changes: Partial<SuiteRun>[]): SuiteRun[] => changes.map((change) => suiteRun('az-freeze', change));

describe('the verdict of a suite', () => {
  test('is PASS when every run ended as its document expects, with a rehearsed brake among them', () => {
    const { verdict, reasons, score } = judged([FREEZE, REHEARSAL], [...frozen({}, {}, {}), REHEARSED]);
    expect([verdict, reasons, score]).toEqual(['PASS', [], 1]);
  });

  test.each<[string, Partial<SuiteRun>, VerdictState, RegExp]>([
    ['FAIL', { verdict: 'FAIL', asExpected: false, reasons: ['3 orders failed.'] }, 'FAIL', /^az-freeze in az1: FAIL\. 3 orders failed\.$/],
    ['INCONCLUSIVE', { verdict: 'INCONCLUSIVE', asExpected: false, reasons: ['The host was busy.'] }, 'INCONCLUSIVE', /The host was busy/],
    ['NOT_READY', { verdict: 'NOT_READY', asExpected: false }, 'NOT_READY', /az-freeze in az1: NOT_READY/],
    ['an abort that nobody expects', { verdict: 'ABORTED', asExpected: false }, 'ABORTED', /ABORTED/],
  ])('is the worst that came out: %s', (_what, change, verdict, reason) => {
    const found = judged([FREEZE, REHEARSAL], [...frozen({}, change, {}), REHEARSED]);
    expect([found.verdict, found.reasons]).toEqual([verdict, [expect.stringMatching(reason)]]);
  });

  test('a run that passes where it should have failed is a FAIL', () => {
    const bare = suiteRun('az-power-loss-bare', { verdict: 'PASS', asExpected: false });
    expect(judged([member('az-power-loss-bare'), REHEARSAL], [bare, REHEARSED])).toMatchObject({ verdict: 'FAIL', reasons: ['az-power-loss-bare in az1: PASS, and not FAIL as expected.'] });
  });

  test('runs that were not made are no PASS', () => {
    expect(judged([FREEZE, REHEARSAL], [...frozen({}), REHEARSED])).toMatchObject({ verdict: 'ABORTED', reasons: ['az-freeze: 2 of 3 runs were not made.'], members: [{ state: 'ABORTED' }, { state: 'PASS' }] });
    expect(judged([FREEZE, REHEARSAL], []).verdict).toBe('ABORTED');
  });

  test('a suite whose brake nobody has tried is INCONCLUSIVE, as is one in which nothing decides', () => {
    expect(judged([FREEZE], frozen({}, {}, {}))).toMatchObject({ verdict: 'INCONCLUSIVE', reasons: [expect.stringMatching(/No guardrail was tripped on purpose/)] });
    // Stopped by hand is no rehearsal.
    expect(judged([REHEARSAL], [{ ...REHEARSED, asExpected: false }]).reasons).toContainEqual(expect.stringMatching(/No guardrail was tripped/));
    expect(judged([{ ...FREEZE, isAdvisory: true }], frozen({}, {}, {}))).toMatchObject({ verdict: 'INCONCLUSIVE', reasons: [expect.stringMatching(/Nothing in it decides/)] });
  });

  test('a brake that is late is a FAIL, however its run ended', () => {
    const late = { ...REHEARSED, brake: { acknowledgedMs: 2001, wholeMs: 2500 } };
    expect(judged([FREEZE, REHEARSAL], [...frozen({}, {}, {}), late])).toMatchObject({ verdict: 'FAIL', reasons: [expect.stringMatching(/acknowledged 2\.0 s after/)] });
    expect(judged([FREEZE, REHEARSAL], [...frozen({}, {}, {}), { ...late, brake: { acknowledgedMs: 2000, wholeMs: 9000 } }]).verdict).toBe('PASS');
  });

  test('what only advises is shown, and does not decide; in the score it counts by its weight', () => {
    const found = judged([{ ...FREEZE, isAdvisory: true, weight: 2 }, REHEARSAL], [...frozen({}, {}, { verdict: 'FAIL', asExpected: false }), REHEARSED]);
    expect([found.verdict, found.reasons, found.members[0]?.state]).toEqual(['PASS', [], 'FAIL']);
    expect(found.score).toBeCloseTo((2 * (2 / 3) + 1) / 3);
  });
});

describe('for people', () => {
  test('the verdict stands first, then why, then each experiment', () => {
    const text = suiteText({ ...judged([FREEZE, REHEARSAL], [...frozen({}, { ordersFailed: 4, verdict: 'FAIL', asExpected: false, reasons: ['4 orders failed.'] }, {}), REHEARSED]), leftOut: [{ experiment: 'az-blackhole', reason: 'it needs a region in containers' }] });
    expect(text.split('\n')).toEqual([
      'FAIL  mine: Mine; 3 of 4 runs as expected, score 83 %', '  az-freeze in az1: FAIL. 4 orders failed.', '',
      'EXPERIMENT       STATE  AS EXPECTED  MUST END  FAILED, MAX  ADDED, MAX  HOST, MAX',
      'az-freeze        FAIL   2 of 3       PASS      4            181 ms      63 %',
      'abort-rehearsal  PASS   1 of 1       ABORTED   0            181 ms      63 %',
      'Left out: az-blackhole, it needs a region in containers.',
    ]);
  });

  test('a run is a line, with the reasons where it is not as expected', () => {
    expect(runLine(7, 45, suiteRun('az-freeze', { az: 'az2' }))).toBe(' 7/45  az-freeze az2: PASS; 0 failed, added 181 ms, host 63 %, report 0.48 s.');
    expect(runLine(8, 45, REHEARSED)).toMatch(/^ 8\/45  abort-rehearsal az1: ABORTED, as it must; /);
    expect(runLine(8, 45, REHEARSED)).toMatch(/report 0\.48 s, 0\.01 s from the guardrail's trip until every inverse was acknowledged, 4\.15 s until everything ran\.$/);
    expect(runLine(12, 45, suiteRun('az-freeze', { verdict: 'NOT_READY', asExpected: false, ordersFailed: null, addedLatencyMsMax: null, hostCpuMax: null, reportMs: null, reasons: ['Headroom: none.'] }))).toBe(
      '12/45  az-freeze az1: NOT_READY, and not PASS as expected; ? failed, added ? ms, host ? %. Headroom: none.',
    );
  });
});

test('a brake is timed from the trip of the guardrail until its inverses are acknowledged, and until all runs', () => {
  const tripped = { type: 'guardrail.tripped', atMs: 1000 } as JournalEvent;
  const healed = (atMs: number, type = 'fault.healed', remains: object[] = []): JournalEvent => ({ type, acknowledgedMs: atMs - 300, atMs, healed: [], remains }) as unknown as JournalEvent;
  expect([[tripped, healed(2450)], [healed(2450)], [tripped], []].map(brakeOf)).toEqual([{ acknowledgedMs: 1150, wholeMs: 1450 }, null, null, null]);
  // The last one counts; one that tripped after the heal had nothing to heal; what left something is not healed.
  expect(brakeOf([tripped, healed(2450), healed(2900, 'given.healed')])).toEqual({ acknowledgedMs: 1600, wholeMs: 1900 });
  expect(brakeOf([healed(400), tripped])).toBeNull();
  expect(brakeOf([tripped, healed(2450, 'fault.healed', [{ name: 'az1-link' }])])).toBeNull();
});

describe('the order of runs', () => {
  const documents = ['az-power-loss', 'replica-loss'].map(experimentNamed);
  const lines = (times: number | null, from = documents): string[] => turnsOf(from, times, 7).map(({ document, az, seed }) => `${document.id} ${az} ${seed}`);

  test('is one of each before the second of any, in each AZ once', () => {
    expect(lines(null)).toEqual(['az-power-loss az1 7', 'replica-loss az1 7', 'az-power-loss az2 8', 'replica-loss az2 8', 'az-power-loss az3 9', 'replica-loss az3 9']);
    expect(lines(null, [{ ...(documents[0] as (typeof documents)[number]), azs: ['az2'] }, documents[1] as (typeof documents)[number]])).toEqual(['az-power-loss az2 7', 'replica-loss az1 7', 'replica-loss az2 8', 'replica-loss az3 9']);
  });

  test('with a number of runs goes over the AZs again', () => {
    expect(lines(4).filter((line) => line.startsWith('az-power-loss'))).toEqual(['az-power-loss az1 7', 'az-power-loss az2 8', 'az-power-loss az3 9', 'az-power-loss az1 10']);
    expect(turnsOf([], 5, 1)).toEqual([]);
  });
});
