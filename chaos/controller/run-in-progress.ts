/** One run while it goes on: tells its events, shows its figures once a second, and ends with a verdict, a report or the reason why not. Never rejects. */
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import { TOLD_TYPES, type Run, type RunEnd, type RunEvent } from '#contracts/runs.ts';
import type { VerdictReport } from '#contracts/verdict-report.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { outcomeOf } from '#chaos/verdict/outcome.ts';
import { liveFigures } from '../experiments/live-figures.ts';
import type { RegionApi } from '../experiments/region-api.ts';
import { writeReport } from '../experiments/report-folder.ts';
import type { RunView } from '../experiments/run-request.ts';
import { executeRun, type RunResult } from './execute-run.ts';
import type { RunPlan } from './plan-run.ts';
import type { Customers } from './run-journal.ts';

const FIGURES_MS = 1000;

type Az = RunPlan['azs'][number];
/** Without the run, of each kind for itself. */
type Untold<Event> = Event extends RunEvent ? Omit<Event, 'run'> : never;

export interface RunSurroundings {
  api: RegionApi;
  /** Its name. */
  region: string;
  /** Shows a verdict to those who watch in Grafana. */
  tellVerdict: (report: VerdictReport) => Promise<unknown>;
  /** Where its report goes. */
  reportFolder: string;
  emit: (event: RunEvent) => void;
  /** What the customers did before the run, told once and before it changes anything; when this rejects it does not begin. */
  noteBefore: (customers: Customers) => Promise<void>;
  /** Resolves when what an earlier run left is turned back, or given up; null where nothing is. It would be taken for what was before this run. */
  turnedBack: Promise<void> | null;
}

export class RunInProgress {
  readonly id: string;
  /** Where it is. */
  now: Run['now'] = null;
  /** Resolves when everything is healed and the report is written. */
  readonly ended: Promise<RunEnd>;
  readonly #plan: RunPlan;
  readonly #around: RunSurroundings;
  readonly #stop = new AbortController();

  constructor(id: string, plan: RunPlan, around: RunSurroundings) {
    this.id = id;
    this.#plan = plan;
    this.#around = around;
    this.ended = this.#run();
  }

  /** @param reason as the reason of the run's signal */
  stop(reason: Error): void {
    this.#stop.abort(reason);
  }

  async #run(): Promise<RunEnd> {
    const { timeoutMs, about } = this.#plan;
    this.#tell({ type: 'run.started', atMs: Date.now(), about });
    const signal = timeoutMs === null ? this.#stop.signal : AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]);
    let result: RunResult;
    try {
      await this.#untilTurnedBack(signal);
      result = await this.#execute(signal);
    } catch (error) {
      return { endedMs: Date.now(), verdict: null, ...failureOf(error) };
    } finally {
      this.now = null;
    }
    const { verdict } = result;
    const outcome = outcomeOf(verdict, this.#plan);
    const trouble = this.#keep(result);
    return { endedMs: Date.now(), verdict: verdict.verdict, outcome: trouble === null ? outcome : 'ERROR', trouble };
  }

  async #execute(signal: AbortSignal): Promise<RunResult> {
    const { api, region } = this.#around;
    let shown: { az: Az; view: RunView } | null = null;
    const figures = setInterval(() => {
      if (shown !== null) this.#tell({ type: 'figures', atMs: Date.now(), az: shown.az, figures: liveFigures(shown.view, Date.now()) });
    }, FIGURES_MS);
    try {
      return await executeRun(api, region, this.#plan, signal, {
        of: (az) => ({
          onView: (view) => {
            shown = { az, view };
            this.now = { az, phase: view.phase, sinceMs: view.phaseStartedMs };
          },
          onNoted: (event) => {
            if (isTold(event)) this.#tell({ ...event, az });
          },
          onTold: (text) => this.#say(text),
          onReady: async ({ customers }) => {
            if (az === this.#plan.azs[0] && customers !== null) await this.#around.noteBefore({ ratePerSecond: customers.ratePerSecond, arm: customers.arm });
          },
        }),
        onVerdict: async (az, { verdict, fault, reasons }) => {
          shown = null;
          const atMs = Date.now();
          this.#tell({ type: 'verdict.found', atMs, az, verdict, fault, reasons });
          // A run counts whether or not anybody watches, and the region may be the one that was lost.
          await this.#around.tellVerdict({ experiment: this.#plan.document.id, az, verdict, atMs }).catch((error: Error) => this.#say(`Dashboards were not told of the verdict: ${error.message}`));
        },
      });
    } finally {
      clearInterval(figures);
    }
  }

  async #untilTurnedBack(signal: AbortSignal): Promise<void> {
    const { turnedBack } = this.#around;
    if (turnedBack === null) return;
    this.#say('Waiting until what a run left that nobody could end is turned back.');
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([turnedBack, stopped]);
  }

  #keep({ verdict, evidence }: RunResult): RunEnd['trouble'] {
    try {
      writeReport(this.#around.reportFolder, verdict, evidence);
      return null;
    } catch (error) {
      return failureOf(error).trouble;
    }
  }

  #say(text: string): void {
    this.#tell({ type: 'run.told', atMs: Date.now(), text });
  }

  #tell(event: Untold<RunEvent>): void {
    this.#around.emit({ ...event, run: this.id });
  }
}

function isTold(event: JournalEvent): event is Extract<JournalEvent, { type: (typeof TOLD_TYPES)[number] }> {
  return (TOLD_TYPES as readonly string[]).includes(event.type);
}

/** What a person could not have asked for rightly is the same to a run as what failed. */
function failureOf(error: unknown): Pick<RunEnd, 'outcome'> & { trouble: NonNullable<RunEnd['trouble']> } {
  const message = error instanceof Error ? error.message : String(error);
  const exitCode = error instanceof CommandFailure ? error.exitCode : EXIT.ERROR;
  const state: VerdictState = exitCode === EXIT.NOT_READY ? 'NOT_READY' : exitCode === EXIT.ABORTED ? 'ABORTED' : 'ERROR';
  return { outcome: state, trouble: { state, message, hint: error instanceof CommandFailure ? (error.hint ?? null) : null } };
}
