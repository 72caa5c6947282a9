/**
 * Has the controller run an experiment on a running region, one AZ after the other, and tells the person what came out:
 * verdict first, replay command and report folder last. `demo` and `run` differ only in who started the region.
 */
import { EXIT, worstVerdict, type VerdictState } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { RunRequest } from '#contracts/runs.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { evidenceFolder, reportsFolder } from '#kit/state-folder.ts';
import { commandText, pathForPeople } from '#kit/tool-container.ts';
import { verdictText } from '#chaos/verdict/verdict-text.ts';
import { runToItsEnd, type AskedRun } from '../client/asked-run.ts';
import { beginRun } from '../client/controller-run.ts';
import { keepFetched, type OpenedReport } from '../client/fetched-report.ts';
import { CHECKOUT } from '../embedded/checkout.ts';
import { ratePerSecondOf } from '../capacity/rate.ts';
import { checkoutCommit } from '../experiments/checkout-commit.ts';
import { knownCapacity } from '../capacity/known-capacity.ts';
import { readyRegion } from '../experiments/precondition.ts';
import { createRegionApi } from '../experiments/region-api.ts';
import { reportFolder } from '../experiments/report-folder.ts';

const COLUMNS = 100;

export interface ConductOptions {
  running: RunningRegion;
  document: ExperimentDocument;
  azs: readonly AvailabilityZone[];
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
  const startedAt = new Date();
  const asked = await askFor(options);
  const { end, report, files, foundAtMs, lost } = asked;
  if (report === null) {
    if (!options.json) printResult(foundText(asked));
    if (lost !== null) throw new CommandFailure(lost, EXIT[worstVerdict([end.outcome, 'ERROR'])], `"${commandText('runs')}" shows the run and where its report is.`);
    throw new CommandFailure(end.trouble?.message ?? 'The run left no report.', EXIT[end.outcome], end.trouble?.hint ?? undefined);
  }
  if (options.json) printJson(report.verdict);
  else printResult(report.verdict.runs.flatMap((_run, index) => [...textOf(report, index), '']).join('\n'));
  const folder = keepFetched(reportFolder(options.reportDir ?? reportsFolder(options.running), options.document.id, startedAt), files);
  progress(`Written in ${((performance.now() - foundAtMs) / 1000).toFixed(2)} s: verdict.json, junit.xml, report.md, report.html.`);
  if (options.json) progress(`Report: ${pathForPeople(folder)}`);
  else printResult(`Again:   ${report.verdict.replay}\nReport:  ${pathForPeople(folder)}`);
  if (end.trouble !== null) throw new CommandFailure(end.trouble.message, EXIT[end.trouble.state], `"${commandText(`judge ${pathForPeople(folder)}`)}" draws it again.`);
  return end.outcome;
}

/** Has it run to its end, and prints and keeps nothing. @throws CommandFailure as {@link conduct} does before it prints */
export async function askFor(options: ConductOptions): Promise<AskedRun> {
  return runToItsEnd(options.running, await requestOf(options), options.signal);
}

/** Begins it and leaves it running. @throws CommandFailure as {@link conduct} does. @returns its id */
export async function conductDetached(options: ConductOptions): Promise<string> {
  return (await beginRun(options.running, await requestOf(options))).id;
}

/** What is known here and not to the controller: what the AZs are rated for, and which code this is about. */
async function requestOf({ running, document, azs, seed, timeoutMs, allowInconclusive, replay, signal, ...options }: ConductOptions): Promise<RunRequest> {
  const until = timeoutMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const { status, region } = await readyRegion(createRegionApi(running), document.id, until);
  // The rate is what the region was designed for; whether it can take it is a matter of the ovens that it has now.
  const capacity = knownCapacity(region, document.settings.ovens ?? status.settings.ovens, evidenceFolder(running));
  const peak = ratePerSecondOf(region, 'peak');
  const ratePerSecond = options.ratePerSecond ?? ratePerSecondOf(region, document.rate);
  const isOverdriven = options.ratePerSecond !== null && ratePerSecond > peak;
  if (isOverdriven) progress(`${ratePerSecond} orders/s is above the designed peak of ${peak}/s: with an AZ gone the others cannot take it all.`);
  return {
    document: isOverdriven ? { ...document, headroom: 'waived' } : document,
    azs: [...azs], ratePerSecond, seed, capacity, allowInconclusive,
    commit: checkoutCommit(CHECKOUT),
    replay: `${replay} --rate ${ratePerSecond} --seed ${seed}`,
    ...(timeoutMs === null ? {} : { timeoutMs }),
  };
}

function textOf({ verdict, runs }: OpenedReport, index: number): string[] {
  const [run, evidence] = [verdict.runs[index], runs[index]];
  if (run === undefined || evidence === undefined) return [];
  return verdictText(run, evidence.document, evidence.records, evidence.journal, process.stdout.columns || COLUMNS);
}

/** What can be said without a report. */
function foundText({ found }: AskedRun): string {
  return found.flatMap(({ az, verdict, fault, reasons }) => [`${verdict}  ${az}: ${fault}`, ...reasons.map((reason) => `  ${reason}`)]).join('\n');
}
