/** One run as a command makes it: asked for, shown on standard error while it goes on, and its report fetched. */
import type { RunningRegion } from '#contracts/running.ts';
import type { Run, RunEnd, RunEvent, RunRequest } from '#contracts/runs.ts';
import { progress } from '#kit/command-line.ts';
import { RunLine } from '../terminal/run-line.ts';
import { beginRun, fetchReport, followRun, lookAtRun } from './controller-run.ts';
import { openFetched, type OpenedReport, type ReportFiles } from './fetched-report.ts';

export interface AskedRun {
  end: RunEnd;
  /** What was found, as it was told; also where there is no report. */
  found: Extract<RunEvent, { type: 'verdict.found' }>[];
  /** When the last of it was, of the monotonic clock. */
  foundAtMs: number;
  files: ReportFiles;
  /** Null where none was written, or it could not be had. */
  report: OpenedReport | null;
  /** Why a report could not be had, one sentence; null where it was, or there is none. */
  lost: string | null;
}

/**
 * @param signal stops it: it is healed, and what was seen until then is judged
 * @throws CommandFailure when it cannot begin, or the controller goes away
 */
export async function runToItsEnd(running: RunningRegion, request: RunRequest, signal: AbortSignal): Promise<AskedRun> {
  const { id } = await beginRun(running, { ...request, attached: true });
  const found: AskedRun['found'] = [];
  let foundAtMs = performance.now();
  const line = new RunLine(process.stderr);
  let end: RunEnd;
  try {
    end = await followRun(running, id, signal, (event) => {
      if (event.type === 'figures') line.show(event.figures);
      else if (event.type === 'verdict.found') {
        found.push(event);
        foundAtMs = performance.now();
      } else if (event.type === 'run.told') {
        line.end();
        progress(event.text);
      }
    });
  } finally {
    line.end();
  }
  return { end, found, foundAtMs, ...(await reportOf(running, id)) };
}

/** How the run ended is known by now, and is not lost with its report. */
async function reportOf(running: RunningRegion, id: string): Promise<Pick<AskedRun, 'files' | 'report' | 'lost'>> {
  try {
    const run: Run = await lookAtRun(running, id);
    const files = await fetchReport(running, run);
    return { files, report: openFetched(files), lost: null };
  } catch (error) {
    return { files: new Map(), report: null, lost: `The report of run ${id} could not be fetched: ${error instanceof Error ? error.message : String(error)}` };
  }
}
