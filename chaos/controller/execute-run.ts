/**
 * Executes a run: one experiment, one AZ after the other, each judged when it is over. This is the one place in which
 * experiments are run for people; what they ask for and what they are shown is elsewhere.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import { VERDICT_SCHEMA, type Verdict, type VerdictRun } from '#contracts/verdict.ts';
import { CommandFailure } from '#kit/command-line.ts';
import type { Evidence } from '#chaos/report/report.ts';
import { judge } from '#chaos/verdict/judge.ts';
import { verdictStateOf } from '#chaos/verdict/outcome.ts';
import type { RegionApi } from '../experiments/region-api.ts';
import { runExperiment } from '../experiments/run.ts';
import type { ExperimentRequest, RunOutcome, RunWatch } from '../experiments/run-request.ts';
import type { RunPlan } from './plan-run.ts';

export interface RunResult {
  verdict: Verdict;
  evidence: Evidence[];
  /** As of each of its runs. */
  isTurnedBack: boolean;
}

export interface ExecutionWatch {
  /** Who is told of the run on one AZ. */
  of: (az: RunPlan['azs'][number]) => RunWatch;
  onVerdict: (az: RunPlan['azs'][number], run: VerdictRun) => Promise<void>;
}

/**
 * @param signal ends it before its time: what is broken is healed, and what was seen until then is judged
 * @throws CommandFailure NOT_READY for a region in which the first may not begin, ABORTED when it is stopped before; for a later one that is its verdict
 */
export async function executeRun(api: RegionApi, region: string, plan: RunPlan, signal: AbortSignal, watch: ExecutionWatch): Promise<RunResult> {
  const { document, azs, seed, ratePerSecond, capacity, commit, replay } = plan;
  const runs: VerdictRun[] = [];
  const evidence: Evidence[] = [];
  let isTurnedBack = true;
  for (const az of azs) {
    if (signal.aborted) break;
    const request = { document, az, seed, ratePerSecond, capacity, commit };
    const outcome = await runExperiment(api, request, signal, watch.of(az)).catch((error: unknown) => {
      // What was found until then is not lost for a region that is not ready any more.
      if (runs.length === 0 || !(error instanceof CommandFailure)) throw error;
      return notBegun(request, region, error);
    });
    evidence.push({ document, records: outcome.records, journal: outcome.journal });
    isTurnedBack &&= outcome.isTurnedBack;
    const run = judge(outcome.records, outcome.journal, document);
    runs.push(run);
    await watch.onVerdict(az, run);
  }
  const ended = { runs, notRun: azs.slice(runs.length) };
  const verdict: Verdict = { schema: VERDICT_SCHEMA, experiment: document.id, verdict: verdictStateOf(ended), expected: document.expect, seed, region, ...ended, replay };
  return { verdict, evidence, isTurnedBack };
}

/** What is known of a run that could not begin. */
function notBegun({ az, seed, ratePerSecond, capacity, commit }: ExperimentRequest, region: string, { exitCode, message: reason }: CommandFailure): RunOutcome {
  const atMs = Date.now();
  const type = exitCode === EXIT.ABORTED ? 'run.aborted' : 'run.not-ready';
  return { records: [], journal: [{ type: 'run.started', atMs, region, az, seed, ratePerSecond, capacity, commit }, { type, atMs, reason }, { type: 'run.ended', atMs }], isTurnedBack: true };
}
