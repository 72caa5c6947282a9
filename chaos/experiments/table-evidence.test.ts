import { describe, expect, test } from 'vitest';
import { judge } from '#chaos/verdict/judge.ts';
import { stagedDocument, stagedJournal, stagedRecords } from '#chaos/verdict/staged-run.fixture.ts';
import { needsContainers } from './precondition.ts';
import { entryOf, missingRuns, parseEntries, rowResult, type TableEntry } from './table-evidence.ts';
import { replaceTable, tableMarkdown, tableMarks, tableText } from './table-print.ts';
import { tableRows, type TableRow } from './table-rows.ts';

const rowOf = (id: string, body: 'embedded' | 'compose' = 'embedded'): TableRow => tableRows(body).find((row) => row.id === id) as TableRow;
const entry = (change: Partial<TableEntry> = {}): TableEntry => ({
  row: 'kill-az1', date: '2025-02-03T04:05:06.000Z', commit: 'aaaaaaa', az: 'az1', fault: 'kill az1', ratePerSecond: 300, seed: 1, verdict: 'PASS', reasons: [],
  offered: 12_000, failed: 0, menusFailed: 0, touched: 9, addedMs: 180, movedMs: 90, attempts: 1.004, balancedMs: 14_000, cpuMax: 0.6, lagMsP99: 8, ...change,
});
const times = (count: number, change: Partial<TableEntry> = {}): TableEntry[] => Array.from({ length: count }, () => entry(change));
const always = (): boolean => true;

describe('a row of the table', () => {
  test('is open until all its runs are there', () => {
    expect(rowResult(rowOf('kill-az1'), times(9), always).met).toBeNull();
    expect(rowResult(rowOf('kill-az1'), times(10), always).met).toBe(true);
  });

  test.each<[string, TableEntry[], boolean]>([
    ['one failed order in ten runs', [...times(9), entry({ verdict: 'FAIL', failed: 1 })], false],
    ['one failed menu read', [...times(9), entry({ verdict: 'FAIL', menusFailed: 1 })], false],
    ['one run above the bar of added latency', [...times(9), entry({ verdict: 'FAIL', addedMs: 300 })], true],
    ['two runs above the bar of added latency', [...times(8), ...times(2, { verdict: 'FAIL', addedMs: 300 })], false],
    ['one run that moved too late', [...times(9), entry({ verdict: 'FAIL', movedMs: 501 })], false],
    ['one run that never moved', [...times(9), entry({ verdict: 'FAIL', movedMs: null })], false],
    ['one run that was never balanced', [...times(9), entry({ verdict: 'FAIL', balancedMs: null })], false],
    ['a failure beyond the asked number', [...times(10), entry({ verdict: 'FAIL', failed: 3 })], false],
  ])('%s: met is %s', (_what, entries, met) => {
    expect(rowResult(rowOf('kill-az1'), entries, always).met).toBe(met);
  });

  test('of a control arm is met when every run fails, and broken by one that passes', () => {
    const failing = times(3, { row: 'freeze-no-rescue', verdict: 'FAIL', failed: 8 });
    expect(rowResult(rowOf('freeze-no-rescue'), failing, always).met).toBe(true);
    expect(rowResult(rowOf('freeze-no-rescue'), [...failing, entry({ row: 'freeze-no-rescue' })], always).met).toBe(false);
  });

  test.each<[string, TableEntry[], boolean]>([
    ['one of five above its bar of added latency', [...times(4, { row: 'isolate-az2' }), entry({ row: 'isolate-az2', verdict: 'FAIL', addedMs: 700 })], true],
    ['two of five above it', [...times(3, { row: 'isolate-az2' }), ...times(2, { row: 'isolate-az2', verdict: 'FAIL', addedMs: 700 })], false],
    ['one of five that moved too late', [...times(4, { row: 'isolate-az2' }), entry({ row: 'isolate-az2', verdict: 'FAIL', movedMs: 701 })], false],
  ])('of isolation, %s: met is %s', (_what, entries, met) => {
    expect(rowResult(rowOf('isolate-az2'), entries, always).met).toBe(met);
  });

  test('of a cut asks for no failed order, whatever the latency, moves and shares', () => {
    const cut = times(3, { row: 'cut', addedMs: 800, movedMs: null, balancedMs: null });
    expect(rowResult(rowOf('cut'), cut, always).met).toBe(true);
    expect(rowResult(rowOf('cut'), [...cut, entry({ row: 'cut', verdict: 'FAIL', failed: 1 })], always).met).toBe(false);
  });

  test('of a cut takes the AZs in turn, their kitchens down', () => {
    const runs = [0, 1, 2].map((index) => rowOf('cut-one-way').run(index));
    expect(runs.map(({ az }) => az)).toEqual(['az1', 'az2', 'az3']);
    expect(runs.every(({ document }) => document.given.length === 2 && document.fault.oneWay === true)).toBe(true);
  });

  test('counts neither runs of other code nor runs that say nothing nor those of other rows', () => {
    const entries = [...times(10, { commit: 'bbbbbbb' }), ...times(3, { verdict: 'INCONCLUSIVE' }), ...times(2, { verdict: 'ABORTED' }), ...times(4, { row: 'kill-az2' }), ...times(6)];
    expect(rowResult(rowOf('kill-az1'), entries, (commit) => commit === 'aaaaaaa').runs).toHaveLength(6);
  });
});

describe('the table of a region in containers', () => {
  test('has runs of every AZ: kills ten times, what is silent five times', () => {
    const runsOf = (prefix: string): number[] => tableRows('compose').filter(({ id }) => new RegExp(`^${prefix}-az\\d$`).test(id)).map(({ runs }) => runs);
    expect(['kill', 'freeze', 'kill-silent', 'blackhole', 'isolate'].map(runsOf)).toEqual([[10, 10, 10], [5, 5, 5], [5, 5, 5], [5, 5, 5], [5, 5, 5]]);
    expect(new Set(tableRows('compose').map(({ id }) => id)).size).toBe(tableRows('compose').length);
  });

  test('asks of a black hole that the AZ serves again, and shows it in a column that the other table has not', () => {
    const row = rowOf('blackhole-az2', 'compose');
    const runs = times(5, { row: row.id, servesAgainMs: 6_200 });
    expect(rowResult(row, runs, always).met).toBe(true);
    expect(rowResult(row, [...runs, entry({ row: row.id, verdict: 'FAIL', servesAgainMs: 11_000 })], always).met).toBe(false);
    expect(rowResult(row, [...runs, entry({ row: row.id, verdict: 'FAIL' })], always).met).toBe(false);
    const [header, line] = tableText([rowResult(row, runs, always)]);
    expect(header).toMatch(/serves again, max +met$/);
    expect(line).toMatch(/6\.2 s \(≤ 10 s\) +yes$/);
    expect(tableText([rowResult(rowOf('kill-az1'), times(10), always)])[0]).not.toContain('serves again');
  });

  test('has nothing that processes cannot do in the other one', () => {
    expect(tableRows('embedded').filter((row) => needsContainers(row.run(0).document))).toEqual([]);
  });
});

describe('the order of the missing runs', () => {
  test('takes one of every row in turn, peak before rest, and only what is missing', () => {
    const rows = ['kill-rest', 'kill-az1', 'kill-dc'].map((id) => rowOf(id));
    const results = rows.map((row) => rowResult(row, row.id === 'kill-az1' ? times(8) : [], always));
    expect(missingRuns(results).map(({ row, index }) => `${row.id} ${index}`)).toEqual(['kill-dc 0', 'kill-dc 1', 'kill-dc 2', 'kill-az1 8', 'kill-az1 9', 'kill-rest 0', 'kill-rest 1', 'kill-rest 2']);
  });

  test('rotates replicas and data centres over the AZs', () => {
    expect([0, 1, 2, 3].map((index) => rowOf('kill-dc').run(index)).map(({ az, document }) => `${az} ${document.fault.target}`)).toEqual(['az1 az1-dc1', 'az2 az2-dc2', 'az3 az3-dc1', 'az1 az1-dc1']);
  });
});

describe('what is kept', () => {
  test('of a run over a way says how much crossed it, and nothing of the kind where there is none', () => {
    const details = { date: '2025-02-03T04:05:06.000Z', commit: 'aaaaaaa', ratePerSecond: 300, seed: 1 };
    const run = judge(stagedRecords(), stagedJournal(), stagedDocument);
    expect(entryOf(rowOf('cut'), { ...run, crossingOrdersPerSecond: 49.96 }, details)).toMatchObject({ row: 'cut', crossingPerSecond: 50, failed: 0 });
    expect(entryOf(rowOf('kill-az1'), run, details)).not.toHaveProperty('crossingPerSecond');
  });

  test('survives lines that were cut short', () => {
    const line = JSON.stringify(entry());
    expect(parseEntries(`${line}\n${line.slice(0, 40)}\nnull\n{}\n${line}\n`)).toHaveLength(2);
  });
});

describe('the printed table', () => {
  const results = [rowResult(rowOf('kill-az1'), times(10), always), rowResult(rowOf('freeze-az2'), [], always)];

  test('says for each row what was found beside its bars, and what is missing', () => {
    expect(tableText(results)[1]).toMatch(/az1 killed at peak +10 of 10 +0 +180 \/ 180 ms \(≤ 250 ms\) +90 ms \(≤ 500 ms\) +1\.004 \(≤ 1\.1\) +14\.0 s \(≤ 60 s\) +yes/);
    expect(tableText(results)[2]).toMatch(/az2 frozen at peak +0 of 10 .*runs missing/);
  });

  test('shows of a row without bars what was measured, and calls it neither met nor broken', () => {
    const slow = times(3, { row: 'slow', failed: 4, addedMs: 620, movedMs: null });
    expect(tableText([rowResult(rowOf('slow'), slow, always)])[1]).toMatch(/3 of 3 +up to 4 in 3 of 3 +620 \/ 620 ms +never +1\.004 +14\.0 s +measured$/);
  });

  test('leaves out of a row of a cut what a cut does not change', () => {
    expect(tableText([rowResult(rowOf('cut'), times(3, { row: 'cut' }), always)])[1]).toMatch(/180 \/ 180 ms +1\.004 \(≤ 1\.1\) +yes$/);
  });

  test('carries date and command in Markdown', () => {
    expect(tableMarkdown(results, './azimuth table', 'docs/evidence/table.ndjson')).toMatch(/2025-02-03, by `\.\/azimuth table`; every run is in \[docs\/evidence\/table\.ndjson\]/);
  });

  test('goes between its marks and nowhere else', () => {
    const marks = tableMarks('embedded');
    const other = '<!-- table-compose:begin -->\nkept\n<!-- table-compose:end -->';
    expect(replaceTable(`${other}\n<!-- table:begin -->\nold\n<!-- table:end -->\nb`, 'new', marks)).toBe(`${other}\n<!-- table:begin -->\nnew\n<!-- table:end -->\nb`);
    expect(replaceTable(other, 'new', marks)).toBeNull();
    expect(replaceTable(other, 'new', tableMarks('compose'))).toContain('begin -->\nnew\n');
  });
});

test('rows of another rate are rows of their own, but for those at rest', () => {
  const [peak, other] = [tableRows('embedded'), tableRows('embedded', 150)];
  expect(other.filter(({ rateShare }) => rateShare === 1).every(({ id, title, ratePerSecond }) => id.endsWith('@150') && title.includes('at 150/s') && ratePerSecond === 150)).toBe(true);
  expect(other.filter(({ rateShare }) => rateShare < 1)).toEqual(peak.filter(({ rateShare }) => rateShare < 1));
  const [killed] = other;
  expect(rowResult(killed as TableRow, [entry({ row: 'kill-az1' })], () => true).runs).toEqual([]);
});
