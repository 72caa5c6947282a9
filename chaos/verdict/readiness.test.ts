import { describe, expect, test } from 'vitest';
import { SETTLED_MS, type CustomerRecord } from '#contracts/records.ts';
import { judge } from './judge.ts';
import { headroomLack, hypothesisResults, unsteady } from './readiness.ts';
import { FAULT_MS, START_MS, stagedDocument, stagedJournal, stagedRecords } from './staged-run.fixture.ts';

const SIX_OVENS = { ratedPerAz: 112, source: 'model' } as const;
const WINDOW = { fromMs: FAULT_MS - 5_000 - SETTLED_MS, toMs: FAULT_MS - SETTLED_MS };
const failing = (fromMs: number, toMs: number): CustomerRecord[] =>
  stagedRecords((record) => (record.intendedMs >= fromMs && record.intendedMs < toMs ? { ...record, status: 503, bakeMs: null } : record));
const states = (records: CustomerRecord[]) => hypothesisResults(stagedDocument, records, { fromMs: START_MS, toMs: FAULT_MS }).map(({ metric, state, samples }) => [metric, state, samples]);

describe('headroom', () => {
  test('is lacking where two AZs are not rated for the rate, with the reason', () => {
    expect(headroomLack(stagedDocument, { ratedPerAz: 150, source: 'model' }, 300)).toBeNull();
    expect(headroomLack(stagedDocument, SIX_OVENS, 300)).toBe('Headroom: with an AZ gone, 300 orders/s are 134 % of what they are rated for (2 × 112/s).');
  });

  test('is not asked for where it is waived', () => {
    expect(headroomLack({ headroom: 'waived' }, SIX_OVENS, 300)).toBeNull();
  });

  test('that is lacking makes a run NOT_READY, and the cause of a FAIL where it is waived', () => {
    const journal = stagedJournal((event) => (event.type === 'run.started' ? { ...event, capacity: SIX_OVENS } : event));
    expect(judge(stagedRecords(), journal, stagedDocument)).toMatchObject({ verdict: 'NOT_READY', reasons: [expect.stringMatching(/^Headroom: .*134 %/)] });
    const failed = judge(failing(FAULT_MS + 1000, FAULT_MS + 2000), journal, { ...stagedDocument, headroom: 'waived' });
    expect(failed).toMatchObject({ verdict: 'FAIL', reasons: [expect.stringMatching(/300 of 12000 orders failed/), expect.anything(), expect.stringMatching(/^Headroom: .*134 %/)] });
    expect(judge(stagedRecords(), journal, { ...stagedDocument, headroom: 'waived' }).verdict).toBe('PASS');
  });
});

describe('the hypothesis', () => {
  test('is asked of the last settled stretch of the baseline alone', () => {
    expect(states(stagedRecords())).toEqual([['success', 'PASS', 1500], ['p99_ms', 'PASS', 1500]]);
    expect(states(failing(START_MS, WINDOW.fromMs))[0]).toEqual(['success', 'PASS', 1500]);
    expect(states(failing(WINDOW.toMs, FAULT_MS))[0]).toEqual(['success', 'PASS', 1500]);
    expect(states(failing(WINDOW.fromMs, WINDOW.fromMs + 10))[0]).toEqual(['success', 'FAIL', 1500]);
  });

  test('cannot be told without orders, nor without a baseline', () => {
    expect(states([])).toEqual([['success', 'INCONCLUSIVE', 0], ['p99_ms', 'INCONCLUSIVE', 0]]);
    expect(hypothesisResults(stagedDocument, stagedRecords(), null).map(({ samples }) => samples)).toEqual([0, 0]);
  });

  test('is not steady where nobody is answered, nor where nobody asks, whatever SLI it is stated in', () => {
    const document = { ...stagedDocument, hypothesis: { ...stagedDocument.hypothesis, slis: [{ metric: 'p99_ms' as const, min: null, max: 500 }] } };
    const unsteadyTexts = (records: CustomerRecord[]): string[] => unsteady(hypothesisResults(document, records, { fromMs: START_MS, toMs: FAULT_MS })).map(({ text }) => text);
    expect(unsteadyTexts(stagedRecords())).toEqual([]);
    expect(unsteadyTexts(failing(START_MS, FAULT_MS))).toEqual([expect.stringMatching(/^No order of the last 5 s of the baseline was answered/)]);
    expect(unsteadyTexts([])).toEqual([expect.stringMatching(/^No order of the last 5 s of the baseline was answered/)]);
    expect(judge(failing(START_MS, FAULT_MS), stagedJournal(), document).verdict).toBe('NOT_READY');
  });

  test('begins with the baseline where that is shorter than its window', () => {
    const [first] = hypothesisResults(stagedDocument, stagedRecords(), { fromMs: FAULT_MS - 3_000 - SETTLED_MS, toMs: FAULT_MS });
    expect(first?.samples).toBe(900);
  });

  test('that does not hold makes a run NOT_READY, in the words of the figure', () => {
    const run = judge(failing(FAULT_MS - 4_000, FAULT_MS - 3_000), stagedJournal(), stagedDocument);
    expect(run).toMatchObject({ verdict: 'NOT_READY', reasons: ['1200 of 1500 orders of the last 5 s of the baseline were answered; at least 99.9 % must.'] });
  });

  test('of a run that was not begun for it is computed again from the records', () => {
    const atMs = FAULT_MS - 5;
    const journal = stagedJournal((event) => (event.atMs >= atMs && event.type !== 'run.ended' ? null : event.type === 'run.ended' ? { ...event, atMs } : event));
    const run = judge(failing(FAULT_MS - 4_000, FAULT_MS), [...journal, { type: 'run.not-ready', atMs, reason: 'as the runner saw it' }], stagedDocument);
    expect(run).toMatchObject({ verdict: 'NOT_READY', asExpected: false, reasons: [expect.stringMatching(/of 1500 orders of the last 5 s of the baseline were answered/)] });
    const asToldOnly = judge([], [{ type: 'run.not-ready', atMs, reason: 'as the runner saw it' }], stagedDocument);
    expect(asToldOnly).toMatchObject({ verdict: 'NOT_READY', reasons: ['as the runner saw it'] });
  });
});
