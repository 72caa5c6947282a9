/**
 * What the table keeps of each run (one line of NDJSON, with its commit), and whether a row is met by the
 * lines that count. Guards against a table of lucky runs: every conclusive run of the current code counts,
 * those above the asked number too, so a failure cannot be run away from.
 */
import type { ExperimentMetric } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { VerdictRun } from '#contracts/verdict.ts';
import { maxOf } from '#chaos/verdict/bounds.ts';
import type { TableRow } from './table-rows.ts';

export interface TableEntry {
  row: string;
  date: string;
  commit: string;
  az: string;
  fault: string;
  ratePerSecond: number;
  seed: number;
  verdict: VerdictState;
  reasons: string[];
  offered: number;
  failed: number;
  menusFailed: number;
  touched: number;
  /** Over the way under fault, in the baseline; absent where the row has no such way. */
  crossingPerSecond?: number;
  addedMs: number | null;
  movedMs: number | null;
  attempts: number | null;
  /** After the return. */
  balancedMs: number | null;
  /** After healing began; absent in rows of before it was measured. */
  servesAgainMs?: number | null;
  cpuMax: number;
  lagMsP99: number;
}

export interface RowResult {
  row: TableRow;
  /** Runs that count. */
  runs: TableEntry[];
  /** Null while runs are missing. */
  met: boolean | null;
}

export function entryOf(row: TableRow, run: VerdictRun, details: { date: string; commit: string; ratePerSecond: number; seed: number }): TableEntry {
  const { restored, balanced, moved } = run.timelineMs;
  const rounded = (value: number | null, digits: number): number | null => (value === null ? null : Number(value.toFixed(digits)));
  return {
    row: row.id, ...details, az: run.az, fault: run.fault, verdict: run.verdict, reasons: run.reasons,
    offered: run.requests.offered, failed: run.requests.failed, menusFailed: run.menu.failed, touched: run.touched,
    ...(run.crossingOrdersPerSecond === null ? {} : { crossingPerSecond: Number(run.crossingOrdersPerSecond.toFixed(1)) }),
    addedMs: rounded(run.addedLatencyMsMax, 0), movedMs: rounded(moved, 0), attempts: rounded(run.attemptsPerRequest, 4),
    balancedMs: restored === null || balanced === null ? null : rounded(balanced - restored, 0),
    servesAgainMs: rounded(run.servesAgainMs, 0),
    cpuMax: Number(run.host.cpuMax.toFixed(3)), lagMsP99: Number(run.host.generatorLagMsP99.toFixed(1)),
  };
}

/** Entries of text with a line each; a line that is none (cut short by a full disk) is passed over. */
export function parseEntries(text: string): TableEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Partial<TableEntry> | null;
      const texts = [entry?.row, entry?.commit, entry?.verdict, entry?.date];
      return texts.every((text) => typeof text === 'string') && Array.isArray(entry?.reasons) ? [entry as TableEntry] : [];
    } catch {
      return [];
    }
  });
}

/** @param counts whether the code that a commit stands for is the code of now */
export function rowResult(row: TableRow, entries: readonly TableEntry[], counts: (commit: string) => boolean): RowResult {
  const runs = entries.filter((entry) => entry.row === row.id && isConclusive(entry) && counts(entry.commit));
  return { row, runs, met: runs.length < row.runs ? null : isMet(row, runs) };
}

/** A control arm is met when every run shows what the mechanism prevents; a row without bars when it has its runs. */
function isMet(row: TableRow, runs: readonly TableEntry[]): boolean {
  const { document } = row.run(0);
  if (document.expect === 'FAIL') return runs.every(({ verdict }) => verdict === 'FAIL');
  const addedOk = runs.filter(({ addedMs }) => isWithin(addedMs, maxOf(document, 'added_latency_ms')));
  return addedOk.length >= row.addedLatencyShareMin * runs.length && runs.every((run) => holdsTheRest(run, document));
}

function holdsTheRest(run: TableEntry, document: ExperimentDocument): boolean {
  const figures: Partial<Record<ExperimentMetric, number | null>> = {
    failed_orders: run.failed, failed_menus: run.menusFailed, moved_ms: run.movedMs, attempts_per_request: run.attempts, time_to_balanced: run.balancedMs,
    serves_again_ms: run.servesAgainMs ?? null,
  };
  return Object.entries(figures).every(([metric, figure]) => isWithin(figure, maxOf(document, metric as ExperimentMetric)));
}

function isWithin(figure: number | null, max: number | null): boolean {
  return max === null || (figure !== null && figure <= max);
}

function isConclusive({ verdict }: TableEntry): boolean {
  return verdict === 'PASS' || verdict === 'FAIL';
}

export interface MissingRun {
  row: TableRow;
  /** Of the run within its row, 0... */
  index: number;
}

/** The runs that are missing, one of every row in turn, peak before rest. */
export function missingRuns(results: readonly RowResult[]): MissingRun[] {
  const missing = results.flatMap(({ row, runs }) => Array.from({ length: Math.max(0, row.runs - runs.length) }, (_, at) => ({ row, index: runs.length + at })));
  return missing.sort((one, other) => one.row.rateShare === other.row.rateShare ? one.index - other.index : other.row.rateShare - one.row.rateShare);
}
