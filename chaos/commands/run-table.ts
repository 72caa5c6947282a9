/**
 * Runs what is missing of the table on one region that is never restarted, keeps each verdict with its commit as soon as
 * it is there, and prints the table as it is known.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT } from '#contracts/exit-codes.ts';
import type { AzCapacity } from '#contracts/capacity.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { bodyText, findRegion, listRegions } from '#kit/find-region.ts';
import { evidenceFolder, reportsFolder } from '#kit/state-folder.ts';
import { runToItsEnd } from '../client/asked-run.ts';
import { keepFetched } from '../client/fetched-report.ts';
import { CHECKOUT } from '../embedded/checkout.ts';
import { ratePerSecondOf } from '../capacity/rate.ts';
import { knownCapacity } from '../capacity/known-capacity.ts';
import { phaseLengths } from '../experiments/phase-lengths.ts';
import { readyRegion } from '../experiments/precondition.ts';
import { createRegionApi } from '../experiments/region-api.ts';
import { reportFolder } from '../experiments/report-folder.ts';
import { entryOf, missingRuns, parseEntries, rowResult, type MissingRun, type RowResult, type TableEntry } from '../experiments/table-evidence.ts';
import { replaceTable, tableMarkdown, tableMarks, tableText } from '../experiments/table-print.ts';
import { rateOf, tableRows, type TableRow } from '../experiments/table-rows.ts';
import { onInterruption } from './interruption.ts';

/** What the table must know of the checkout; asked of Git by those who may start processes. */
export interface CodeState {
  commit(): string;
  /** The folders hold what `commit` holds, and nothing else. */
  isUnchangedSince(commit: string): boolean;
  /** Wall clock of the last change to a file of the folders, milliseconds since the epoch. */
  lastChangeMs(): number;
}

export interface TableOptions {
  rows?: string[];
  /** Orders per second. */
  rate?: number;
  body?: RunningRegion['body'];
  list?: boolean;
  json?: boolean;
  markdown?: boolean;
  writeReadme?: boolean;
  region?: string;
}

type Body = RunningRegion['body'];

/** Every run that a table is made of, in the checkout. */
const EVIDENCE: Record<Body, string> = { embedded: 'docs/evidence/table.ndjson', compose: 'docs/evidence/table-compose.ndjson' };
const README = join(CHECKOUT, 'README.md');
/** Restart of an AZ, the balance after it, and what comes between two runs. */
const AROUND_S = 5 + 15 + 3;
/** What is given is broken, given back, and let in again by everybody. */
const GIVEN_S = 20;
/** In a row, of one row: then the machine is too busy for a table. */
const INCONCLUSIVE_MAX = 3;
/** At rest less than one order is under way in an AZ, so that a fault often touches none. */
const UNTOUCHED_MAX = 10;

/** Sets the exit code of this process. @throws CommandFailure USAGE, ABORTED or INCONCLUSIVE; what is done until then is kept */
export async function runTable(options: TableOptions, code: CodeState): Promise<void> {
  const running = options.list === true ? null : await findRegion(options.region);
  const body = running?.body ?? options.body ?? (await bodyAtHand());
  if (options.body !== undefined && options.body !== body) throw new CommandFailure(`Region "${running?.region ?? ''}" has another body: ${body}.`, EXIT.USAGE, 'Leave --body out, or name another region with --region.');
  const rows = rowsOf(body, options);
  const known = readEntries(body);
  const counts = countsNow(code);
  const results = (): RowResult[] => rows.map((row) => rowResult(row, known, counts));
  if (running !== null) await runMissing(rows, running, { code, command: commandOf(options) }, known, results);
  print(results(), body, options);
  if (running === null) return;
  process.exitCode = results().every(({ met }) => met === true) ? EXIT.PASS : results().some(({ met }) => met === false) ? EXIT.FAIL : EXIT.INCONCLUSIVE;
}

/** Of the one region that runs; whoever lists a table needs none. */
async function bodyAtHand(): Promise<Body> {
  const { regions } = await listRegions();
  return regions.length === 1 && regions[0] !== undefined ? regions[0].body : 'embedded';
}

async function runMissing(rows: readonly TableRow[], running: RunningRegion, { code, command }: { code: CodeState; command: string }, known: TableEntry[], results: () => RowResult[]): Promise<void> {
  const missing = missingRuns(results());
  if (missing.length === 0) return;
  const commit = requireSettled(code, running.startedMs);
  const interruption = onInterruption('Stopping: what is broken is healed first.');
  try {
    const { status, region } = await readyRegion(createRegionApi(running), 'table', interruption.signal);
    // As in a run: rates are what the region was designed for, whatever ovens it has now.
    const setting = { capacity: knownCapacity(region, status.settings.ovens, evidenceFolder(running)), peakPerSecond: ratePerSecondOf(region, 'peak'), commit, command };
    const minutes = Math.ceil(missing.reduce((sum, { row }) => sum + secondsOf(row, setting.peakPerSecond), 0) / 60);
    if (running.body === 'compose') progress('The containers run the image as it was built: after a change to the code, "docker compose up -d --build --wait" first.');
    progress(`${missing.length} runs are missing in ${rows.length} rows: about ${minutes} min. Leave the machine alone meanwhile; Ctrl-C keeps what is done, the same command goes on.`);
    const inconclusive = new Map<string, number>();
    const queue = [...missing];
    while (queue.length > 0) {
      const next = queue.shift() as MissingRun;
      const seed = 1 + known.filter((one) => one.row === next.row.id).length;
      const entry = await runOne(running, next, { ...setting, seed }, interruption.signal);
      if (interruption.signal.aborted || entry === null) throw new CommandFailure('The table was stopped; what is done is kept.', EXIT.ABORTED, `"${command}" goes on.`);
      keep(entry, running.body);
      known.push(entry);
      if (entry.verdict === 'PASS' || entry.verdict === 'FAIL') inconclusive.delete(next.row.id);
      else queue.push(next);
      progress(`${next.row.id} ${next.index + 1} of ${next.row.runs}: ${figuresOf(entry)}; ${queue.length} runs to go`);
      requireSettled(code, running.startedMs);
      if (queue.at(-1) === next) giveUpAfterMany(next.row, inconclusive, entry, command);
    }
  } finally {
    interruption.dispose();
  }
}

interface Setting {
  capacity: AzCapacity;
  /** Orders per second that the region was designed for. */
  peakPerSecond: number;
  commit: string;
  /** With which this table goes on. */
  command: string;
  seed: number;
}

function figuresOf({ verdict, failed, crossingPerSecond, addedMs, movedMs, reasons }: TableEntry): string {
  const crossing = crossingPerSecond === undefined ? '' : `, ${crossingPerSecond}/s over the way before`;
  return [`${verdict}, ${failed} failed, added ${addedMs ?? '?'} ms, moved after ${movedMs ?? '-'} ms${crossing}.`, ...reasons].join(' ');
}

async function runOne(running: RunningRegion, { row, index }: MissingRun, { capacity, peakPerSecond, commit, command, seed }: Setting, signal: AbortSignal): Promise<TableEntry | null> {
  const { az, document } = row.run(index);
  const ratePerSecond = rateOf(row, peakPerSecond);
  const startedAt = new Date();
  const request = { document, azs: [az], ratePerSecond, seed, capacity, commit, replay: `${command} --rows ${row.id}` };
  const { end, report, files, lost } = await runToItsEnd(running, request, signal);
  if (lost !== null) throw new CommandFailure(lost, EXIT.ERROR);
  const [verdict] = report?.verdict.runs ?? [];
  if (end.trouble !== null) throw new CommandFailure(end.trouble.message, EXIT[end.trouble.state], end.trouble.hint ?? undefined);
  if (verdict === undefined) return null;
  const entry = entryOf(row, verdict, { date: startedAt.toISOString(), commit, ratePerSecond, seed });
  // A PASS is its figures; anything else somebody will want to look into.
  if (!verdict.asExpected && verdict.verdict !== 'ABORTED') {
    progress(`Report: ${keepFetched(reportFolder(reportsFolder(running), `table-${row.id}`, startedAt), files)}`);
  }
  return entry;
}

/** @throws CommandFailure INCONCLUSIVE when a row said nothing too often */
function giveUpAfterMany(row: TableRow, inconclusive: Map<string, number>, { verdict, reasons, touched }: TableEntry, command: string): void {
  const times = (inconclusive.get(row.id) ?? 0) + 1;
  inconclusive.set(row.id, times);
  if (times < (touched === 0 ? UNTOUCHED_MAX : INCONCLUSIVE_MAX)) return;
  throw new CommandFailure(`${row.id} ended ${verdict} ${times} times: ${reasons.join(' ')}`, EXIT.INCONCLUSIVE, `See to that and go on with "${command}".`);
}

/** A verdict with a commit must be about that commit, in the checkout and in the region that runs. */
function requireSettled(code: CodeState, regionStartedMs: number): string {
  const commit = code.commit();
  const refuse = (what: string, remedy: string): never => {
    throw new CommandFailure(`policy/, kit/ or services/ ${what}.`, EXIT.USAGE, remedy);
  };
  if (!code.isUnchangedSince(commit)) refuse('hold changes that are not committed', 'Commit them first: each verdict is kept with its commit.');
  if (code.lastChangeMs() > regionStartedMs) refuse('were changed after the region was started', 'Start the region again, so that it runs what the verdict is about.');
  return commit;
}

/** Git is asked once per commit. */
function countsNow(code: CodeState): (commit: string) => boolean {
  const answers = new Map<string, boolean>();
  return (commit) => {
    const answer = answers.get(commit) ?? code.isUnchangedSince(commit);
    answers.set(commit, answer);
    return answer;
  };
}

function print(results: readonly RowResult[], body: Body, options: TableOptions): void {
  const markdown = tableMarkdown(results, commandOf(options), EVIDENCE[body]);
  if (options.json === true) printJson(results.map(({ row, runs, met }) => ({ row: row.id, title: row.title, wanted: row.runs, met, runs })));
  else printResult(options.markdown === true ? markdown : tableText(results).join('\n'));
  if (options.writeReadme !== true) return;
  const marks = tableMarks(body);
  const text = replaceTable(readFileSync(README, 'utf8'), markdown, marks);
  if (text === null) {
    throw new CommandFailure('README.md has no place for the table.', EXIT.USAGE, `Put a line ${marks.begin} and a line ${marks.end} where it should stand.`);
  }
  writeFileSync(README, text);
}

function readEntries(body: Body): TableEntry[] {
  try {
    return parseEntries(readFileSync(join(CHECKOUT, EVIDENCE[body]), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Begins with a line end when the last line was cut short, so that it spoils nothing but itself. */
function keep(entry: TableEntry, body: Body): void {
  const path = join(CHECKOUT, EVIDENCE[body]);
  mkdirSync(dirname(path), { recursive: true });
  let before = '';
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    // The first one.
  }
  appendFileSync(path, `${before === '' || before.endsWith('\n') ? '' : '\n'}${JSON.stringify(entry)}\n`);
}

function secondsOf(row: TableRow, peak: number): number {
  const { document } = row.run(0);
  const rate = rateOf(row, peak);
  const { warmMs, baselineMs, faultMs } = phaseLengths(document, rate);
  // Balance takes 900 orders at least.
  return (warmMs + baselineMs + faultMs) / 1000 + AROUND_S + (document.given.length > 0 ? GIVEN_S : 0) + 900 / rate;
}

function commandOf({ rate }: TableOptions): string {
  return rate === undefined ? './azimuth table' : `./azimuth table --rate ${rate}`;
}

/** All, or those that were named. @throws CommandFailure USAGE for a name that is none */
function rowsOf(body: Body, { rows: ids, rate = null }: { rows?: readonly string[]; rate?: number | null }): readonly TableRow[] {
  const all = tableRows(body, rate);
  return ids === undefined ? all : ids.map((id) => {
    const row = all.find((one) => one.id === id || one.id === `${id}@${rate}`);
    if (row === undefined) throw new CommandFailure(`The table of a region ${bodyText(body)} has no row "${id}".`, EXIT.USAGE, `There is: ${all.map((one) => one.id).join(', ')}.`);
    return row;
  });
}
