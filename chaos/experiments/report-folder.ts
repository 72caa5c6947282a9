/**
 * Keeps a run where it can be looked at and judged again: the verdict, for people and for machines, beside all that it was
 * computed from.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EXIT } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { commandText, isInContainer, pathForPeople } from '#kit/tool-container.ts';
import { RENDERINGS, RUN_RENDERINGS } from '#chaos/report/renderings.ts';
import { reportOf, type Evidence, type Report } from '#chaos/report/report.ts';
import { writeFolder } from './whole-folder.ts';

export const VERDICT = 'verdict.json';
export const RECORDS = 'records.ndjson.gz';
const JOURNAL = 'events.json';
const DOCUMENT = 'document.json';
/** Half the time of the usual level for a tenth more of bytes: somebody waits for the verdict. */
const GZIP_LEVEL = 3;

/** Folder, in that of all reports, that one which begins now would like to have; not created here. */
export function reportFolder(reports: string, experiment: string, date: Date): string {
  return join(reports, `${date.toISOString().replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')}-${experiment}`);
}

/**
 * One run lies in the folder itself, several each in a folder of its AZ's name.
 * Throws CommandFailure ERROR with the folder when it cannot be written, and nothing is left of it then; or when it cannot be
 * drawn, and what it is drawn from is kept.
 * @param wanted another is taken where this one is somebody's, see {@link writeFolder}
 * @returns where the report lies
 */
export function writeReport(wanted: string, verdict: Verdict, runs: readonly Evidence[]): string {
  let undrawn: unknown = null;
  let folder: string;
  try {
    folder = writeFolder(wanted, (draft) => {
      for (const [index, run] of runs.entries()) writeEvidenceOf(join(draft, placeOf(verdict, runs.length, index)), run);
      writeFileSync(join(draft, VERDICT), pretty(verdict));
      const drawn = draw(verdict, runs, (error) => (undrawn = error));
      for (const { file, text } of drawn) writeFileSync(join(draft, file), text);
    });
  } catch (error) {
    throw unwritten(wanted, error);
  }
  if (undrawn !== null) {
    throw new CommandFailure(`The report could not be drawn: ${messageOf(undrawn)}.`, EXIT.ERROR, `What it is drawn from is kept; "${commandText(`judge ${pathForPeople(folder)}`)}" draws it again.`);
  }
  return folder;
}

/**
 * Writes the verdict and all that is drawn of it anew, each file whole; the evidence stays as it is.
 * Throws CommandFailure ERROR when the folder cannot be written.
 */
export function rewriteReport(folder: string, verdict: Verdict, runs: readonly Evidence[]): void {
  const drawn = draw(verdict, runs, (error) => {
    throw error;
  });
  try {
    for (const { file, text } of [{ file: VERDICT, text: pretty(verdict) }, ...drawn]) {
      const draft = join(folder, `${file}.part`);
      writeFileSync(draft, text);
      renameSync(draft, join(folder, file));
    }
  } catch (error) {
    throw unwritten(folder, error);
  }
}

/** @param onUndrawn told of a defect; what can be drawn nevertheless is */
function draw(verdict: Verdict, runs: readonly Evidence[], onUndrawn: (error: unknown) => void): { file: string; text: string }[] {
  const attempt = <T>(make: () => T): T[] => {
    try {
      return [make()];
    } catch (error) {
      onUndrawn(error);
      return [];
    }
  };
  const ofRuns = (report: Report): { file: string; text: string }[] =>
    report.runs.flatMap((run, index) => RUN_RENDERINGS.flatMap(({ file, render }) => attempt(() => ({ file: join(placeOf(verdict, runs.length, index), file), text: render(run) }))));
  return attempt(() => reportOf(verdict, runs)).flatMap((report) => [...RENDERINGS.flatMap(({ file, render }) => attempt(() => ({ file, text: render(report) }))), ...ofRuns(report)]);
}

/** Where a run lies in the report's folder. */
function placeOf(verdict: Verdict, runs: number, index: number): string {
  return runs === 1 ? '' : (verdict.runs[index]?.az ?? `run-${index + 1}`);
}

/** @param folder that of the report */
export function unwritten(folder: string, error: unknown): CommandFailure {
  const place = pathForPeople(dirname(folder));
  const remedy = isInContainer() ? `See that ${place} can be written and has room, and run it again.` : `Make room in ${place}, or set AZIMUTH_STATE_DIR to another folder, and run it again.`;
  return new CommandFailure(`The report could not be written: ${messageOf(error)}.`, EXIT.ERROR, remedy);
}

/** Throws CommandFailure USAGE for a folder that is no report, naming what is wrong. */
export function readReport(folder: string): { verdict: Verdict; runs: Evidence[] } {
  try {
    const verdict = JSON.parse(readFileSync(join(folder, VERDICT), 'utf8')) as Omit<Verdict, 'notRun'> & Partial<Verdict>;
    const folders = existsSync(join(folder, RECORDS)) ? [folder] : foldersIn(folder);
    if (folders.length === 0) throw new Error('it holds no records');
    // What is left of it would pass for all of it.
    if (folders.length !== verdict.runs.length) throw new Error(`it holds the evidence of ${folders.length} of its ${verdict.runs.length} runs`);
    // Reports of before it was kept do not tell.
    return { verdict: { ...verdict, notRun: verdict.notRun ?? [] }, runs: folders.map((place) => evidenceFrom((file) => readFileSync(join(place, file)))) };
  } catch (error) {
    throw new CommandFailure(`${folder} is no report of a run: ${messageOf(error)}.`, EXIT.USAGE, 'Give the folder that a run printed last.');
  }
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(folder, name)).sort();
}

function writeEvidenceOf(folder: string, { document, records, journal }: Evidence): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, RECORDS), gzipSync(records.map((record) => `${JSON.stringify(record)}\n`).join(''), { level: GZIP_LEVEL }));
  writeFileSync(join(folder, JOURNAL), pretty(journal));
  writeFileSync(join(folder, DOCUMENT), pretty(document));
}

/** Of one run. @param read a file of it by its name. @throws what `read` throws, or for what is no evidence */
export function evidenceFrom(read: (file: string) => Buffer): Evidence {
  const lines = gunzipSync(read(RECORDS)).toString('utf8').split('\n').filter((line) => line !== '');
  const document = JSON.parse(read(DOCUMENT).toString('utf8')) as Partial<ExperimentDocument>;
  if (document.kind !== 'Experiment') throw new Error('its document is of before azimuth/v1');
  return {
    document: document as ExperimentDocument,
    records: lines.map((line) => JSON.parse(line) as CustomerRecord),
    journal: JSON.parse(read(JOURNAL).toString('utf8')) as JournalEvent[],
  };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
