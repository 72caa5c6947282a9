/**
 * Conducts runs of one experiment on a running region, one AZ after the other, and tells the person what came
 * out: verdict first, replay command and report folder last. `demo` and `run` differ only in who started the
 * region.
 */
import { VERDICT_SCHEMA, type Verdict } from '#contracts/verdict.ts';
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { isAvailabilityZone } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { printJson, printResult, progress } from '#kit/command-line.ts';
import { evidenceFolder, reportsFolder } from '#kit/state-folder.ts';
import { pathForPeople } from '#kit/tool-container.ts';
import type { Evidence } from '#chaos/report/report.ts';
import { judge } from '#chaos/verdict/judge.ts';
import { outcomeOf, verdictStateOf } from '#chaos/verdict/outcome.ts';
import { verdictText } from '#chaos/verdict/verdict-text.ts';
import { checkoutCommit } from '../experiments/checkout-commit.ts';
import { knownCapacity } from '../experiments/known-capacity.ts';
import { LiveDisplay } from '../experiments/live-line.ts';
import { readyRegion } from '../experiments/precondition.ts';
import { createRegionApi, tellVerdict } from '../experiments/region-api.ts';
import { reportFolder, writeReport } from '../experiments/report-folder.ts';
import { runExperiment } from '../experiments/run.ts';
import { CHECKOUT } from '../embedded/checkout.ts';
import { ratePerSecondOf } from '../embedded/rate.ts';

const COLUMNS = 100;

export interface ConductOptions {
  running: RunningRegion;
  document: ExperimentDocument;
  azs: readonly string[];
  /** Orders per second; null for the document's, which may leave it to the designed peak. */
  ratePerSecond: number | null;
  seed: number;
  /** Milliseconds until what still runs is ABORTED; null for as long as it takes. */
  timeoutMs: number | null;
  allowInconclusive: boolean;
  /** Folder in which the report gets one of its own; null for that of the region's reports. */
  reportDir: string | null;
  json: boolean;
  /** The command without rate and seed, which are added. */
  replay: string;
  signal: AbortSignal;
}

/**
 * Prints and keeps the verdict; the state whose exit code is due.
 * @throws CommandFailure NOT_READY before anything was done; ERROR when the report cannot be written, after the verdict was printed
 */
export async function conduct(options: ConductOptions): Promise<VerdictState> {
  const { running, azs, seed } = options;
  const startedAt = new Date();
  const signal = options.timeoutMs === null ? options.signal : AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const api = createRegionApi(running);
  const { status, region } = await readyRegion(api, options.document.id, signal);
  const folder = evidenceFolder(running);
  // The rate is what the region was designed for; whether it can take it is a matter of the ovens that it has now.
  const capacity = knownCapacity(region, options.document.settings.ovens ?? status.settings.ovens, folder);
  const peak = ratePerSecondOf(region, 'peak');
  const ratePerSecond = options.ratePerSecond ?? ratePerSecondOf(region, options.document.rate);
  const isOverdriven = options.ratePerSecond !== null && ratePerSecond > peak;
  if (isOverdriven) progress(`${ratePerSecond} orders/s is above the designed peak of ${peak}/s: with an AZ gone the others cannot take it all.`);
  const document: ExperimentDocument = isOverdriven ? { ...options.document, headroom: 'waived' } : options.document;
  const commit = checkoutCommit(CHECKOUT);
  const verdict: Verdict = {
    schema: VERDICT_SCHEMA, experiment: document.id, verdict: 'PASS', expected: document.expect, seed, region: running.region, runs: [], notRun: [],
    replay: `${options.replay} --rate ${ratePerSecond} --seed ${seed}`,
  };
  const evidence: Evidence[] = [];
  const display = new LiveDisplay(process.stderr);
  try {
    for (const az of azs) {
      if (signal.aborted) break;
      const outcome = await runExperiment(api, { document, az, seed, ratePerSecond, capacity, commit }, signal, display.show);
      evidence.push({ document, ...outcome });
      const run = judge(outcome.records, outcome.journal, document);
      verdict.runs.push(run);
      await showVerdict(running, document.id, run);
    }
  } finally {
    display.stop();
  }
  verdict.notRun = azs.slice(verdict.runs.length);
  verdict.verdict = verdictStateOf(verdict);
  if (options.json) printJson(verdict);
  else printResult(verdict.runs.flatMap((run, index) => [...textOf(run, evidence[index] as Evidence), '']).join('\n'));
  const writingMs = performance.now();
  const report = writeReport(reportFolder(options.reportDir ?? reportsFolder(running), document.id, startedAt), verdict, evidence);
  progress(`Written in ${((performance.now() - writingMs) / 1000).toFixed(2)} s: verdict.json, junit.xml, report.md, report.html.`);
  if (options.json) progress(`Report: ${pathForPeople(report)}`);
  else printResult(`Again:   ${verdict.replay}\nReport:  ${pathForPeople(report)}`);
  return outcomeOf(verdict, options);
}

/** In Grafana. A run counts whether or not anybody watches, and the region may be the one that was lost. */
async function showVerdict(running: RunningRegion, experiment: string, { az, verdict }: Verdict['runs'][number]): Promise<void> {
  if (!isAvailabilityZone(az)) return;
  await tellVerdict(running, { experiment, az, verdict, atMs: Date.now() }).catch((error: Error) => progress(`Dashboards were not told of the verdict: ${error.message}`));
}

function textOf(run: Verdict['runs'][number], { document, records, journal }: Evidence): string[] {
  return verdictText(run, document, records, journal, process.stdout.columns || COLUMNS);
}
