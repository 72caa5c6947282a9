/** A report as the controller hands it out, file by file: opened, so that the verdict can be told at once, and kept where whoever asked wants it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Verdict } from '#contracts/verdict.ts';
import type { Evidence } from '#chaos/report/report.ts';
import { RECORDS, VERDICT, evidenceFrom, unwritten } from '../experiments/report-folder.ts';
import { writeFolder } from '../experiments/whole-folder.ts';

export type ReportFiles = ReadonlyMap<string, Buffer>;

export interface OpenedReport {
  verdict: Verdict;
  /** In the order of the verdict's. */
  runs: Evidence[];
}

/** Null for a report that was not written. @throws Error for one that is none */
export function openFetched(files: ReportFiles): OpenedReport | null {
  const text = files.get(VERDICT);
  if (text === undefined) return null;
  const verdict = JSON.parse(text.toString('utf8')) as Verdict;
  const placeOf = (az: string): string => (files.has(RECORDS) ? '' : `${az}/`);
  return { verdict, runs: verdict.runs.map(({ az }) => evidenceFrom((file) => required(files, `${placeOf(az)}${file}`))) };
}

/** @param wanted another folder is taken where this one is somebody's. @returns where it lies. @throws CommandFailure ERROR when it cannot be written */
export function keepFetched(wanted: string, files: ReportFiles): string {
  try {
    return writeFolder(wanted, (draft) => {
      for (const [path, bytes] of files) {
        if (leaves(path)) throw new Error(`"${path.slice(0, 80)}" lies outside of it`);
        mkdirSync(dirname(join(draft, path)), { recursive: true });
        writeFileSync(join(draft, path), bytes);
      }
    });
  } catch (error) {
    throw unwritten(wanted, error);
  }
}

/** Whoever answers on that port says what its files are called; they go into this folder and nowhere else. */
function leaves(path: string): boolean {
  return isAbsolute(path) || path.split(/[/\\]/).includes('..');
}

function required(files: ReportFiles, path: string): Buffer {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`the report has no ${path}`);
  return bytes;
}
