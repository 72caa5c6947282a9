import { describe, expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import { reportOf, type Evidence } from '../report.ts';
import { lifelikeEvidence, verdictOf } from '../reported-run.fixture.ts';
import { comparisonText } from '../../terminal/compare-text.ts';
import { compare, type Comparison, type FigureComparison, type Side } from './compare.ts';
import { comparedRun } from './figures.ts';

/** A run at 100 orders/s, short enough for many of them. */
const evidenceOf = (seed: number, change: (record: CustomerRecord) => CustomerRecord = (record) => record): Evidence => {
  const evidence = lifelikeEvidence({ seed, rate: 100, baselineS: 15, faultS: 12, recoveryS: 20 });
  return { ...evidence, records: evidence.records.map(change) };
};
const sideOf = (...evidence: readonly Evidence[]): Side => {
  const report = reportOf(verdictOf(evidence), evidence);
  return report.runs.map((reported, at) => ({ ...comparedRun(reported, evidence[at] as Evidence), reported: { ...reported, run: { ...reported.run, verdict: 'PASS' } } }));
};
const runsOf = (from: number, count: number, change?: (record: CustomerRecord) => CustomerRecord): Side => sideOf(...Array.from({ length: count }, (_, at) => evidenceOf(from + at, change)));
const slower = (byMs: number) => (record: CustomerRecord): CustomerRecord => ({ ...record, answeredMs: (record.answeredMs ?? 0) + byMs });
const figure = (comparison: Comparison, name: string): FigureComparison | undefined => comparison.azs[0]?.figures.find((one) => one.figure === name);
const all = (comparison: Comparison): FigureComparison[] => comparison.azs.flatMap(({ figures }) => figures);

describe('a comparison of one run a side', () => {
  test('finds no more differences between runs of the same than its confidence allows', () => {
    const sides = Array.from({ length: 24 }, (_, at) => runsOf(100 + at, 1));
    const figures = sides.slice(1).flatMap((side, at) => all(compare('same', sides[at] ?? [], side)));
    const told = figures.filter(({ noise }) => noise !== null);
    const wrong = told.filter(({ outcome }) => outcome !== 'within noise');
    expect(told.length).toBeGreaterThan(150);
    expect(wrong.length / told.length).toBeLessThan(0.02);
  });

  test('finds orders that are slower by more than the noise, and says by how much', () => {
    const comparison = compare('slower', runsOf(1, 1), runsOf(2, 1, slower(60)));
    expect(figure(comparison, 'p50 before')).toMatchObject({ outcome: 'worse', from: 'seconds' });
    const { difference = null, noise = null } = figure(comparison, 'p50 during') ?? {};
    expect(difference).toBeGreaterThan(45);
    expect(difference).toBeLessThan(75);
    expect(noise).toBeLessThan(difference ?? 0);
    expect(all(compare('faster', runsOf(2, 1, slower(60)), runsOf(1, 1))).some(({ outcome }) => outcome === 'better')).toBe(true);
  });

  test('does not call an incident of two seconds a difference, however many orders it took', () => {
    const losing = (seconds: number) => (record: CustomerRecord): CustomerRecord => {
      const sinceMs = record.intendedMs - Date.UTC(2026, 10, 29, 19, 0, 17);
      return sinceMs >= 0 && sinceMs < seconds * 1000 ? { ...record, status: 502, bakeMs: null } : record;
    };
    expect(figure(compare('two', runsOf(1, 1), runsOf(2, 1, losing(2))), 'seconds with failed orders')).toMatchObject({ outcome: 'within noise', before: 0 });
    expect(figure(compare('ten', runsOf(1, 1), runsOf(2, 1, losing(10))), 'seconds with failed orders')).toMatchObject({ outcome: 'worse' });
  });

  test('does not tell what happens once in a run, and says what it would take', () => {
    const comparison = compare('once', runsOf(1, 1), runsOf(2, 1));
    for (const name of ['added to the slowest order', 'attempts per request', 'moved after', 'balanced after that']) {
      expect(figure(comparison, name)).toMatchObject({ outcome: 'cannot tell', noise: null, interval: null });
      expect(figure(comparison, name)?.difference).not.toBeNull();
    }
    expect(comparison.notes).toEqual([expect.stringMatching(/^az1: 1 and 1 runs\. .* takes five a side\.$/)]);
  });
});

describe('a comparison of five runs a side', () => {
  const before = runsOf(10, 5);

  test('tells what happens once in a run', () => {
    const slowToMove = before.map((run, at) => ({ ...run, reported: { ...run.reported, run: { ...run.reported.run, timelineMs: { ...run.reported.run.timelineMs, moved: 300 + at } } } }));
    const comparison = compare('moved', before, slowToMove);
    expect(figure(comparison, 'moved after')).toMatchObject({ outcome: 'worse', from: 'runs' });
    expect(comparison.notes).toEqual([]);
  });

  test('finds nothing between runs of the same', () => {
    expect(all(compare('same', before, runsOf(20, 5))).filter(({ outcome }) => outcome === 'worse' || outcome === 'better')).toEqual([]);
  });

  test('does not take four for five because one never moved', () => {
    const once = before.map((run, at) => ({ ...run, reported: { ...run.reported, run: { ...run.reported.run, timelineMs: { ...run.reported.run.timelineMs, moved: at === 0 ? null : 300 } } } }));
    expect(figure(compare('never', before, once), 'moved after')?.outcome).toBe('cannot tell');
  });
});

describe('a comparison', () => {
  test('leaves runs out whose measurement is in doubt', () => {
    const [doubtful] = runsOf(1, 1);
    const unsound = doubtful === undefined ? [] : [{ ...doubtful, reported: { ...doubtful.reported, run: { ...doubtful.reported.run, verdict: 'INCONCLUSIVE' as const } } }];
    expect(compare('doubt', unsound, runsOf(2, 1))).toMatchObject({ azs: [], notes: [expect.stringMatching(/neither PASS nor FAIL/), 'az1: there is no run to compare before.'] });
  });

  test('says beside its figures how many cross their bound by chance', () => {
    const comparison = compare('chance', runsOf(1, 1), runsOf(2, 1, slower(60)));
    expect(comparison.expectedByChance).toBeCloseTo(0.01 * all(comparison).filter(({ noise }) => noise !== null).length);
    const text = comparisonText(comparison);
    expect(text).toMatch(/^chance: \d+ figures differ by more than what varies within a run\n {2}worse +az1 {2}p50 before: \d+ ms, now \d+ ms\n/);
    expect(text).toMatch(/\n {2}p50 before +\d+ ms +\d+ ms +\+\d+ ms +± \d+ ms +worse\n/);
    expect(text).toMatch(/\nBounds of 99 % each: of these figures 0\.\d cross theirs by chance alone\.\naz1: /);
  });
});
