import { expect, it } from 'vitest';
import type { Report } from './report.ts';
import { brokenAssertion, heldAssertion, lifelikeReport, stagedReport } from './reported-run.fixture.ts';
import { shareOfLimit, worstFacts } from './worst-facts.ts';

const textsOf = (report: Report): string[] => worstFacts(report).map(({ text }) => text);
/** The same report with other words for its runs. */
const saying = (report: Report, ...runs: readonly Partial<Report['runs'][number]['run']>[]): Report => ({
  ...report, runs: runs.map((run) => ({ ...(report.runs[0] as Report['runs'][number]), run: { ...(report.runs[0] as Report['runs'][number]).run, ...run } })),
});

it('says of a run that did not pass why, the worst first', () => {
  const failing = stagedReport((record) => (record.kind === 'order' && record.retried === 'az1' ? { ...record, status: 502, bakeMs: null } : record));
  expect(worstFacts(failing)[0]).toEqual({ az: 'az1', text: '18 of 12000 orders failed; at most 0 may.' });
});

it('says first of all which AZs were not come to', () => {
  const report = stagedReport();
  expect(worstFacts({ ...report, verdict: { ...report.verdict, verdict: 'ABORTED', notRun: ['az2', 'az3'] } }).slice(0, 2)).toEqual(['az2', 'az3'].map((az) => ({ az, text: 'Nothing was done: it was ended before it came to this AZ.' })));
});

it('lets each AZ say its worst before one says its second, and a FAIL before an INCONCLUSIVE', () => {
  const report = saying(stagedReport(), { az: 'az1', verdict: 'INCONCLUSIVE', reasons: ['slow host'] }, { az: 'az2', verdict: 'PASS' }, { az: 'az3', verdict: 'FAIL', reasons: ['one', 'two', 'three'] });
  expect(worstFacts(report)).toEqual([{ az: 'az3', text: 'one' }, { az: 'az1', text: 'slow host' }, { az: 'az3', text: 'two' }]);
});

it('does not say twice what reason, assertion and figure all say', () => {
  const report = saying(stagedReport(undefined, undefined, [brokenAssertion]), { verdict: 'FAIL', reasons: ['3 orders failed'], requests: { ...(stagedReport().runs[0] as Report['runs'][number]).run.requests, failed: 3 } });
  expect(textsOf(report).filter((text) => text.includes('failed'))).toEqual(['3 orders failed']);
});

it('finds the assertion of a PASS that came nearest to its limit', () => {
  const near = { ...heldAssertion, id: 'moved', max: 500, observed: 450, text: 'Orders moved away after 450 ms; they must within 500 ms.' };
  expect(textsOf(stagedReport(undefined, undefined, [heldAssertion, near])).slice(0, 2)).toEqual([
    'Orders moved away after 450 ms; they must within 500 ms. That is 90 % of what is allowed.',
    'The fault added 142 ms to the slowest order; at most 500 ms may be added. That is 28 % of what is allowed.',
  ]);
});

it('shows an assertion of the AZ alone in which it came nearest', () => {
  const report = saying(stagedReport(undefined, undefined, [heldAssertion]), { az: 'az1' }, { az: 'az2' });
  const near = { ...report, runs: report.runs.map((one) => (one.run.az === 'az1' ? one : { ...one, assertions: [{ ...heldAssertion, observed: 480, text: 'It was near.' }] })) };
  expect(worstFacts(near).filter(({ text }) => text.endsWith('of what is allowed.'))).toEqual([{ az: 'az2', text: 'It was near. That is 96 % of what is allowed.' }]);
});

it('has three of a PASS without assertions too, each from the AZ in which it was worst', () => {
  const report = lifelikeReport({ az: 'az1' }, { az: 'az2', seed: 2 });
  const facts = worstFacts(report);
  expect(facts).toHaveLength(3);
  const added = report.runs.map(({ run }) => run.addedLatencyMsMax ?? 0);
  expect(facts.find(({ text }) => text.startsWith('The fault added'))?.az).toBe(added[0] as number > (added[1] as number) ? 'az1' : 'az2');
});

it('has none where nothing was run', () => {
  expect(worstFacts({ verdict: stagedReport().verdict, runs: [] })).toEqual([]);
});

it('measures nearness from below and from above, and of a ratio by what is left of it', () => {
  const share = (min: number | null, max: number | null, observed: number | null, unit: 'ms' | 'ratio' | 'attempts' = 'ms'): number | null => shareOfLimit({ min, max, observed, unit });
  expect(share(null, 200, 50)).toBe(0.25);
  expect(share(20, null, 25)).toBe(0.8);
  expect(share(0.999, null, 1, 'ratio')).toBe(0);
  expect(share(0.998, null, 0.999, 'ratio')).toBeCloseTo(0.5);
  expect(share(null, 1.1, 1.002, 'attempts')).toBeCloseTo(0.02);
  expect(share(null, 0, 0)).toBeNull();
  expect(share(1, 2, null)).toBeNull();
});
