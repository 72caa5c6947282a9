/** The table for people: as text in a terminal, as Markdown between two marks of the README. */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { onlyMeasures } from '#chaos/verdict/bars.ts';
import type { RowResult, TableEntry } from './table-evidence.ts';

export const TABLE_BEGIN = '<!-- table:begin -->';
export const TABLE_END = '<!-- table:end -->';

const HEADER = ['What is done', 'runs', 'orders failed', 'added latency, median / max', 'moved, max', 'attempts, max', 'balanced, max', 'met'];

/** Lines of a table as wide as its contents. */
export function tableText(results: readonly RowResult[]): string[] {
  const rows = [HEADER, ...results.map(cells)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  ').trimEnd());
}

/** Without the marks. */
export function tableMarkdown(results: readonly RowResult[], command: string): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const dates = results.flatMap(({ runs }) => runs.map(({ date }) => date.slice(0, 10))).sort();
  const when = dates.length === 0 ? 'No runs yet' : dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const source = `${when}, by \`${command}\`; every run is in [docs/evidence/table.ndjson](docs/evidence/table.ndjson).`;
  return [line(HEADER), line(HEADER.map(() => '---')), ...results.map((result) => line(cells(result))), '', source].join('\n');
}

/** The text with what stands between its marks replaced; null when it has no marks, or not in order. */
export function replaceTable(text: string, table: string): string | null {
  const begin = text.indexOf(TABLE_BEGIN);
  const end = text.indexOf(TABLE_END);
  if (begin === -1 || end < begin) return null;
  return `${text.slice(0, begin + TABLE_BEGIN.length)}\n${table}\n${text.slice(end)}`;
}

function cells({ row, runs, met }: RowResult): string[] {
  const { expect } = row.run(0).document;
  const failed = runs.filter((run) => run.failed > 0).length;
  const worstFailed = Math.max(0, ...runs.map((run) => run.failed));
  const added = figures(runs, ({ addedMs }) => addedMs);
  const bars = expect.verdict === 'PASS';
  const balancedSMax = expect.balancedMsMax === null ? null : expect.balancedMsMax / 1000;
  // A row of a cut has no use for a figure without a bar; one that only measures has nothing else.
  const shown = (limit: number | null): boolean => limit !== null || onlyMeasures(expect);
  return [
    row.title,
    `${runs.length} of ${row.runs}`,
    runs.length === 0 ? '' : failed === 0 ? '0' : `up to ${worstFailed} in ${failed} of ${runs.length}`,
    added.length === 0 ? '' : `${median(added)} / ${added.at(-1)} ms${bar(bars, expect.addedLatencyMsMax, ' ms')}`,
    shown(expect.movedMsMax) ? worst(runs, ({ movedMs }) => movedMs, (value) => `${Math.round(value)} ms`, bar(bars, expect.movedMsMax, ' ms')) : '',
    shown(expect.attemptsPerRequestMax) ? worst(runs, ({ attempts }) => attempts, (value) => value.toFixed(3), bar(bars, expect.attemptsPerRequestMax, '')) : '',
    shown(expect.balancedMsMax) ? worst(runs, ({ balancedMs }) => balancedMs, inSeconds, bar(bars, balancedSMax, ' s')) : '',
    metText(expect, met),
  ];
}

function metText(expect: ExperimentDocument['expect'], met: boolean | null): string {
  if (met === null) return 'runs missing';
  if (onlyMeasures(expect)) return 'measured';
  return `${met ? 'yes' : 'NO'}${expect.verdict === 'FAIL' && met ? ' (fails, as it must)' : ''}`;
}

function bar(shown: boolean, limit: number | null, unit: string): string {
  return shown && limit !== null ? ` (≤ ${limit}${unit})` : '';
}

/** A run in which it never happened is the worst. */
function worst(runs: readonly TableEntry[], of: (run: TableEntry) => number | null, show: (value: number) => string, suffix: string): string {
  if (runs.length === 0) return '';
  const values = figures(runs, of);
  return `${values.length < runs.length ? 'never' : show(values.at(-1) as number)}${suffix}`;
}

/** The lower of the two in the middle of an even number. */
function median(sorted: readonly number[]): number {
  return sorted[Math.ceil(sorted.length / 2) - 1] as number;
}

function inSeconds(valueMs: number): string {
  return `${(valueMs / 1000).toFixed(1)} s`;
}

function figures(runs: readonly TableEntry[], of: (run: TableEntry) => number | null): number[] {
  return runs.map(of).filter((value) => value !== null).sort((one, other) => one - other);
}
