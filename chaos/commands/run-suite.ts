/**
 * `./azimuth run <suite>`: its experiments one after the other, each in its AZs in turn, a report of each as it ends, and one
 * verdict on all. What was stopped goes on with `--resume`, which counts what has ended as it must on the same code.
 */
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import type { SuiteDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { SuiteRun } from '#contracts/suite.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { evidenceFolder, reportsFolder } from '#kit/state-folder.ts';
import { commandText, pathForPeople } from '#kit/tool-container.ts';
import { ratePerSecondOf } from '../capacity/rate.ts';
import { listRuns } from '../client/controller-run.ts';
import { keepFetched } from '../client/fetched-report.ts';
import { CHECKOUT } from '../embedded/checkout.ts';
import { checkoutCommit } from '../experiments/checkout-commit.ts';
import { needsContainers, readyRegion } from '../experiments/precondition.ts';
import { createRegionApi } from '../experiments/region-api.ts';
import { reportFolder } from '../experiments/report-folder.ts';
import { isPath } from '../experiments/shipped-names.ts';
import { brakeOf } from '../suite/brake.ts';
import { openMembers, type SuiteMemberDocument } from '../suite/members.ts';
import { writeSuiteReport } from '../suite/report.ts';
import { SuiteStore, hashOf, standingRun } from '../suite/store.ts';
import { runLine, suiteText } from '../suite/text.ts';
import { turnsOf, type Turn } from '../suite/turns.ts';
import { judgeSuite } from '../suite/verdict.ts';
import { askFor } from './conduct.ts';

/** A region that is not fit for so many in a row is fit for none. */
const UNFIT_IN_A_ROW_MAX = 3;

export interface SuiteOptions {
  running: RunningRegion;
  suite: SuiteDocument;
  /** Where it lies: what it names by a path is looked for from here. */
  file: string;
  /** In this AZ alone; null in each of a document's matrix. */
  az: AvailabilityZone | null;
  /** Runs of each experiment; null for one in each AZ. */
  times: number | null;
  /** Orders per second; null for each document's. */
  ratePerSecond: number | null;
  /** Of the first run of each. */
  seed: number;
  /** Of each run; null for as long as it takes. */
  timeoutMs: number | null;
  allowInconclusive: boolean;
  reportDir: string | null;
  resume: boolean;
  /** Whether the code of now is that of another commit, as far as runs are about it. */
  isUnchangedSince: (commit: string) => boolean;
  json: boolean;
  replay: string;
  signal: AbortSignal;
}

/**
 * Prints and keeps the verdict; the state whose exit code is due.
 * @throws CommandFailure USAGE or NOT_READY before anything was done, ERROR when the report cannot be written
 */
export async function runSuite(options: SuiteOptions): Promise<VerdictState> {
  const { running, suite, az, times, json, replay, signal } = options;
  const startedAt = new Date();
  const { members, leftOut } = membersFor(options);
  const { region } = await readyRegion(createRegionApi(running), suite.id, signal);
  await refuseSecond(running);
  const turns = turnsOf(members.map(({ document }) => (az === null ? document : { ...document, azs: [az] })), times, options.seed);
  const store = new SuiteStore(evidenceFolder(running), suite.id, options.resume);
  const commit = checkoutCommit(CHECKOUT);
  const isSameCode = (other: string | null): boolean => (other === null || commit === null ? other === commit : options.isUnchangedSince(other));
  const rateOf = ({ document }: Turn): number => options.ratePerSecond ?? ratePerSecondOf(region, document.rate);
  const standing = turns.map((turn) => standingRun(store.runs, turn, { ratePerSecond: rateOf(turn), isSameCode, nowMs: Date.now(), maxAgeMs: suite.maxAgeMs }));
  const due = standing.filter((run) => run === null).length;
  progress(`${suite.title}: ${turns.length} runs of ${members.length} experiments${due < turns.length ? `, ${turns.length - due} of which stand` : ''}. That takes about ${due} min; leave the machine alone meanwhile.`);

  const runs: SuiteRun[] = [];
  let unfit = 0;
  for (const [index, turn] of turns.entries()) {
    if (signal.aborted || unfit === UNFIT_IN_A_ROW_MAX) break;
    const known = standing[index] ?? null;
    const run = known ?? (await runOnce(options, turn, members, rateOf(turn), commit));
    if (run === null) break;
    runs.push(run);
    unfit = !run.asExpected && (run.verdict === 'NOT_READY' || run.verdict === 'ERROR') ? unfit + 1 : 0;
    if (known === null) store.add(run);
    (json ? progress : printResult)(`${runLine(index + 1, turns.length, run)}${known === null ? '' : ' (of before)'}`);
  }
  if (unfit === UNFIT_IN_A_ROW_MAX) progress(`${UNFIT_IN_A_ROW_MAX} runs in a row could not be made; the others are not tried. Look at "${commandText('status')}".`);

  const verdict = judgeSuite(
    members.map(({ document, isAdvisory, weight }) => ({ document, isAdvisory, weight, wanted: turns.filter((turn) => turn.document.id === document.id).length })),
    runs,
    { suite: suite.id, title: suite.title, region: running.region, body: running.body, atMs: Date.now(), leftOut, replay },
  );
  if (json) printJson(verdict);
  else printResult(`\n${suiteText(verdict)}\n`);
  const folder = writeSuiteReport(reportFolder(options.reportDir ?? reportsFolder(running), suite.id, startedAt), verdict);
  if (json) progress(`Report: ${pathForPeople(folder)}`);
  else printResult(`Again:   ${replay}\nReport:  ${pathForPeople(folder)}`);
  return options.allowInconclusive && verdict.verdict === 'INCONCLUSIVE' ? 'PASS' : verdict.verdict;
}

/** A suite beside another run would get none of its own, and what it keeps of itself is one file. @throws CommandFailure NOT_READY */
async function refuseSecond(running: RunningRegion): Promise<void> {
  const going = (await listRuns(running)).runs.find(({ state }) => state !== 'ended');
  if (going !== undefined) throw new CommandFailure(`Run ${going.id} of ${going.experiment} is under way in region "${running.region}".`, EXIT.NOT_READY, `"${commandText('runs')}" shows it.`);
}

/** @throws CommandFailure USAGE when none is left */
function membersFor({ suite, file, running, az }: SuiteOptions): { members: SuiteMemberDocument[]; leftOut: { experiment: string; reason: string }[] } {
  const leftOut: { experiment: string; reason: string }[] = [];
  const members = openMembers(suite, file).filter(({ document }) => {
    const reason = running.body !== 'compose' && needsContainers(document) ? 'it needs a region in containers' : az !== null && !document.azs.includes(az) ? `it does not run on ${az}` : null;
    if (reason !== null) leftOut.push({ experiment: document.id, reason });
    return reason === null;
  });
  if (members.length === 0) throw new CommandFailure(`Nothing of ${suite.id} can be run here.`, EXIT.USAGE, leftOut.map(({ experiment, reason }) => `${experiment}: ${reason}.`).join(' '));
  return { members, leftOut };
}

/** Null when it was stopped before it could be judged. */
async function runOnce({ running, timeoutMs, reportDir, signal }: SuiteOptions, { document, az, seed }: Turn, members: readonly SuiteMemberDocument[], ratePerSecond: number, commit: string | null): Promise<SuiteRun | null> {
  const startedAt = new Date();
  const asked = members.find((member) => member.document.id === document.id)?.asked ?? document.id;
  const replay = commandText(`run ${isPath(asked) ? pathForPeople(asked) : asked} --az ${az}`);
  const about = { experiment: document.id, az, seed, ratePerSecond, atMs: startedAt.getTime(), commit, documentHash: hashOf(document), expected: document.expect, replay: `${replay} --rate ${ratePerSecond} --seed ${seed}` };
  const unmade = (verdict: VerdictState, reason: string): SuiteRun => ({ ...about, verdict, asExpected: false, ordersFailed: null, addedLatencyMsMax: null, hostCpuMax: null, reportMs: null, brake: null, reasons: [reason], report: null });
  try {
    const { end, report, files, foundAtMs, lost } = await askFor({ running, document, azs: [az], ratePerSecond, seed, timeoutMs, allowInconclusive: false, reportDir, json: true, replay, signal });
    const run = report?.verdict.runs[0];
    if (signal.aborted) return null;
    if (run === undefined) return unmade(end.outcome === 'PASS' ? 'ERROR' : end.outcome, lost ?? end.trouble?.message ?? 'It left no report.');
    const reportMs = Math.round(performance.now() - foundAtMs);
    const kept = keepFetched(reportFolder(reportDir ?? reportsFolder(running), document.id, startedAt), files);
    return {
      ...about, verdict: run.verdict, asExpected: run.asExpected && end.trouble === null, ordersFailed: run.requests.failed, addedLatencyMsMax: run.addedLatencyMsMax, hostCpuMax: run.host.cpuMax,
      reportMs, brake: brakeOf(report?.runs[0]?.journal ?? []), reasons: end.trouble === null ? run.reasons : [end.trouble.message, ...run.reasons], report: pathForPeople(kept),
    };
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof CommandFailure) || (error.exitCode !== EXIT.NOT_READY && error.exitCode !== EXIT.ERROR)) throw error;
    return unmade(error.exitCode === EXIT.NOT_READY ? 'NOT_READY' : 'ERROR', error.message);
  }
}
