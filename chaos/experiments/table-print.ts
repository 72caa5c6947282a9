/** The table for people: as text in a terminal, as Markdown between two marks of the README. */
import type { ExperimentMetric } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { maxOf, onlyMeasures } from '#chaos/verdict/bounds.ts';
import type { RowResult, TableEntry } from './table-evidence.ts';

interface Column {
  title: string;
  cell: (result: RowResult) => string;
}

const SERVES_AGAIN: Column = { title: 'serves again, max', cell: servesAgainCell };
const COLUMNS: readonly Column[] = [
  { title: 'What is done', cell: ({ row }) => row.title },
  { title: 'runs', cell: ({ row, runs }) => `${runs.length} of ${row.runs}` },
  { title: 'orders failed', cell: failedCell },
  { title: 'added latency, median / max', cell: addedCell },
  { title: 'moved, max', cell: movedCell },
  { title: 'attempts, max', cell: attemptsCell },
  { title: 'balanced, max', cell: balancedCell },
  SERVES_AGAIN,
  { title: 'met', cell: ({ row, met }) => metText(documentOf({ row }), met) },
];

/** Lines of a table as wide as its contents. */
export function tableText(results: readonly RowResult[]): string[] {
  const rows = cellsOf(results);
  const widths = (rows[0] ?? []).map((_title, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  ').trimEnd());
}

/** Without the marks. `evidence`: the file that holds every run, as the README names it. */
export function tableMarkdown(results: readonly RowResult[], command: string, evidence: string): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const dates = results.flatMap(({ runs }) => runs.map(({ date }) => date.slice(0, 10))).sort();
  const when = dates.length === 0 ? 'No runs yet' : dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const source = `${when}, by \`${command}\`; every run is in [${evidence}](${evidence}).`;
  const [header = [], ...rows] = cellsOf(results);
  return [line(header), line(header.map(() => '---')), ...rows.map(line), '', source].join('\n');
}

/** What marks the place of a body's table in the README. */
export function tableMarks(body: RunningRegion['body']): { begin: string; end: string } {
  const name = body === 'compose' ? 'table-compose' : 'table';
  return { begin: `<!-- ${name}:begin -->`, end: `<!-- ${name}:end -->` };
}

/** The text with what stands between its marks replaced; null when it has no marks, or not in order. */
export function replaceTable(text: string, table: string, marks: { begin: string; end: string }): string | null {
  const begin = text.indexOf(marks.begin);
  const end = text.indexOf(marks.end);
  if (begin === -1 || end < begin) return null;
  return `${text.slice(0, begin + marks.begin.length)}\n${table}\n${text.slice(end)}`;
}

/** The first row holds the titles. A column that no row has a bar for is left out where only some tables have it. */
function cellsOf(results: readonly RowResult[]): string[][] {
  const columns = COLUMNS.filter((column) => column !== SERVES_AGAIN || results.some((result) => maxOf(documentOf(result), 'serves_again_ms') !== null));
  return [columns.map(({ title }) => title), ...results.map((result) => columns.map(({ cell }) => cell(result)))];
}

function documentOf({ row }: Pick<RowResult, 'row'>): ExperimentDocument {
  return row.run(0).document;
}

function failedCell({ runs }: RowResult): string {
  const failed = runs.filter((run) => run.failed > 0).length;
  if (runs.length === 0) return '';
  return failed === 0 ? '0' : `up to ${Math.max(...runs.map((run) => run.failed))} in ${failed} of ${runs.length}`;
}

function addedCell(result: RowResult): string {
  const document = documentOf(result);
  const added = figures(result.runs, ({ addedMs }) => addedMs);
  return added.length === 0 ? '' : `${median(added)} / ${added.at(-1)} ms${bar(document, maxOf(document, 'added_latency_ms'), ' ms')}`;
}

function movedCell(result: RowResult): string {
  return worstCell(result, 'moved_ms', ({ movedMs }) => movedMs, (value) => `${Math.round(value)} ms`, { unit: ' ms', of: 1 });
}

function attemptsCell(result: RowResult): string {
  return worstCell(result, 'attempts_per_request', ({ attempts }) => attempts, (value) => value.toFixed(3), { unit: '', of: 1 });
}

function balancedCell(result: RowResult): string {
  return worstCell(result, 'time_to_balanced', ({ balancedMs }) => balancedMs, inSeconds, { unit: ' s', of: 1000 });
}

function servesAgainCell(result: RowResult): string {
  if (maxOf(documentOf(result), 'serves_again_ms') === null) return '';
  return worstCell(result, 'serves_again_ms', ({ servesAgainMs }) => servesAgainMs ?? null, inSeconds, { unit: ' s', of: 1000 });
}

/**
 * The worst of the runs beside its bar; a run in which it never happened is the worst. A row of a cut has no use for a
 * figure without a bar; one that only measures has nothing else.
 * @param shownIn the unit of the bar, and how many of the metric's make one
 */
function worstCell(result: RowResult, metric: ExperimentMetric, of: (run: TableEntry) => number | null, show: (value: number) => string, shownIn: { unit: string; of: number }): string {
  const document = documentOf(result);
  const max = maxOf(document, metric);
  if (result.runs.length === 0 || (max === null && !onlyMeasures(document))) return '';
  const values = figures(result.runs, of);
  return `${values.length < result.runs.length ? 'never' : show(values.at(-1) as number)}${bar(document, max === null ? null : max / shownIn.of, shownIn.unit)}`;
}

function metText(document: ExperimentDocument, met: boolean | null): string {
  if (met === null) return 'runs missing';
  if (onlyMeasures(document)) return 'measured';
  return `${met ? 'yes' : 'NO'}${document.expect === 'FAIL' && met ? ' (fails, as it must)' : ''}`;
}

/** Of an arm that must fail no bar is shown: it has none to hold. */
function bar({ expect }: ExperimentDocument, max: number | null, unit: string): string {
  return expect === 'PASS' && max !== null ? ` (≤ ${max}${unit})` : '';
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
