/** What a run does, and what it does it with: an experiment (`experiment-work.ts`) or a search (`search-work.ts`). */
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import type { Run, RunAbout, RunEnd, RunEvent } from '#contracts/runs.ts';
import type { VerdictReport } from '#contracts/verdict-report.ts';
import { CommandFailure } from '#kit/command-line.ts';
import type { RegionApi } from '../experiments/region-api.ts';
import type { Customers, KeptRun } from './run-journal.ts';

export interface RunWork {
  about: RunAbout;
  /** Switches that it turns. */
  switches: KeptRun['switches'];
  /** What still runs after so many milliseconds is stopped; null for as long as it takes. */
  timeoutMs: number | null;
  /** Everything that it broke is healed when it ends, however it does. Rejects when it could not be done. @param signal ends it before its time */
  execute: (desk: RunDesk, signal: AbortSignal) => Promise<WorkEnd>;
}

export interface WorkEnd extends Omit<RunEnd, 'endedMs'> {
  /** What it turned is not as it was before: it is to be turned back. */
  owes: boolean;
}

/** Without the run, of each kind for itself. */
type Untold<Event> = Event extends RunEvent ? Omit<Event, 'run' | 'atMs'> : never;

export interface RunDesk {
  api: RegionApi;
  /** Its name. */
  region: string;
  /** Shows a verdict to those who watch in Grafana. */
  tellVerdict: (report: VerdictReport) => Promise<unknown>;
  /** Where its report goes. */
  reportFolder: string;
  /** What the customers did before the run, told once and before it changes anything; when this rejects it does not begin. */
  noteBefore: (customers: Customers) => Promise<void>;
  /** Rates that it is about to have the customers order at, beside those of an experiment. As {@link noteBefore}. */
  noteRates: (ratesPerSecond: number[]) => Promise<void>;
  tell: (event: Untold<RunEvent>) => void;
  /** One sentence for a person. */
  say: (text: string) => void;
  /** Where it is. */
  enter: (now: Run['now']) => void;
}

/** What a person could not have asked for rightly is the same to a run as what failed. */
export function failureOf(error: unknown): Pick<RunEnd, 'outcome'> & { trouble: NonNullable<RunEnd['trouble']> } {
  const message = error instanceof Error ? error.message : String(error);
  const exitCode = error instanceof CommandFailure ? error.exitCode : EXIT.ERROR;
  const state: VerdictState = exitCode === EXIT.NOT_READY ? 'NOT_READY' : exitCode === EXIT.ABORTED ? 'ABORTED' : 'ERROR';
  return { outcome: state, trouble: { state, message, hint: error instanceof CommandFailure ? (error.hint ?? null) : null } };
}
