/**
 * `node scripts/proofs/shipped-experiments.ts`: on a region that runs, of either body, runs every experiment that is shipped
 * several times, on one AZ after the other, and says of each how often it ended as its document expects. The claim: always.
 * About a minute a run. What searches and makes no fault (`capacity`) is left out, as is what this body cannot do.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { runToItsEnd } from '#chaos/client/asked-run.ts';
import { keepFetched } from '#chaos/client/fetched-report.ts';
import { parseOrdersPerSecond } from '#chaos/commands/experiment-arguments.ts';
import { onInterruption } from '#chaos/commands/interruption.ts';
import { ratePerSecondOf } from '#chaos/capacity/rate.ts';
import { checkoutCommit } from '#chaos/experiments/checkout-commit.ts';
import { shippedExperiments } from '#chaos/experiments/documents.ts';
import { needsContainers, readyRegion } from '#chaos/experiments/precondition.ts';
import { createRegionApi } from '#chaos/experiments/region-api.ts';
import { reportFolder } from '#chaos/experiments/report-folder.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { bodyText, findRegion } from '#kit/find-region.ts';
import { reportsFolder } from '#kit/state-folder.ts';
import { pathForPeople } from '#kit/tool-container.ts';
import { ROOT } from '../tool.ts';
import { brakeOf, isMiss, outcomeLine, summariesOf, summaryText, turns, type Outcome, type Turn } from './shipped-experiments/outcomes.ts';
import { runProof } from './run-proof.ts';
import { wholeFrom } from './whole-number.ts';

interface Options {
  times: number;
  rate?: number;
  only?: string[];
  region?: string;
  json?: boolean;
}

const program = new Command('shipped-experiments')
  .description('run every shipped experiment several times on a running region, and say how often each ended as its document expects')
  .option('--times <n>', 'runs of each', wholeFrom(1, 100), 5)
  .option('--rate <orders/s>', 'of all runs (default: the designed peak)', parseOrdersPerSecond)
  .option('--only <ids>', 'only these, separated by commas', (text: string) => text.split(',').map((id) => id.trim()))
  .option('--region <name>', 'the region, when several are running')
  .option('--json', 'one JSON document on standard output, with every run')
  .addHelpText('after', '\nExit codes: 0 when every run ended as expected, with its report and its brake in time, 1 when one did not, 4 after Ctrl-C.')
  .action(runAll);

await runProof(program);

async function runAll({ times, rate, only, region: name, json = false }: Options): Promise<void> {
  const asked = chosen(only);
  const running = await findRegion(name);
  const documents = asked.filter((document) => running.body === 'compose' || !needsContainers(document));
  const left = asked.filter((document) => !documents.includes(document)).map(({ id }) => id);
  if (left.length > 0) progress(`Left out, since they need a region in containers: ${left.join(', ')}.`);
  if (documents.length === 0) throw new CommandFailure('Nothing is left to run.', EXIT.NOT_READY);
  const interruption = onInterruption('Stopping: what is broken is healed first.');
  const { signal } = interruption;
  try {
    const { region } = await readyRegion(createRegionApi(running), 'A series of experiments', signal);
    const ratePerSecond = rate ?? ratePerSecondOf(region, 'peak');
    const queue = turns(documents, times);
    progress(`${queue.length} runs on region "${running.region}", ${bodyText(running.body)}, at ${ratePerSecond} orders/s: about ${queue.length} min. Leave the machine alone meanwhile.`);
    const outcomes: Outcome[] = [];
    try {
      for (const turn of queue) {
        const outcome = await runOnce(running, turn, ratePerSecond, signal);
        if (signal.aborted) break;
        outcomes.push(outcome);
        (json ? progress : printResult)(outcomeLine(outcomes.length, outcome));
      }
    } finally {
      // Also of a series that broke off: what was found until then took its time.
      const experiments = summariesOf(outcomes);
      if (json) printJson({ date: new Date().toISOString(), commit: checkoutCommit(ROOT), region: running.region, body: running.body, ratePerSecond, experiments, runs: outcomes });
      else printResult(summaryText(experiments));
    }
    process.exitCode = outcomes.some(isMiss) ? EXIT.FAIL : signal.aborted ? EXIT.ABORTED : EXIT.PASS;
  } finally {
    interruption.dispose();
  }
}

/** @throws CommandFailure USAGE */
function chosen(only: readonly string[] | undefined): readonly ExperimentDocument[] {
  const shipped = shippedExperiments();
  if (only === undefined) return shipped;
  const strange = only.filter((id) => !shipped.some((document) => document.id === id));
  if (strange.length > 0) throw new CommandFailure(`No experiment is called ${strange.map((id) => `"${id}"`).join(', ')}.`, EXIT.USAGE, `There is: ${shipped.map(({ id }) => id).join(', ')}.`);
  return shipped.filter(({ id }) => only.includes(id));
}

async function runOnce(running: RunningRegion, { round, document, az }: Turn, ratePerSecond: number, signal: AbortSignal): Promise<Outcome> {
  const seed = round + 1;
  const startedAt = new Date();
  const replay = `./azimuth run ${document.id} --az ${az} --rate ${ratePerSecond} --seed ${seed}`;
  const { end, report, files, foundAtMs, lost } = await runToItsEnd(running, { document, azs: [az], ratePerSecond, seed, replay }, signal);
  const about = { experiment: document.id, az, seed, expected: document.expect };
  const run = report?.verdict.runs[0];
  if (run === undefined) return { ...about, verdict: end.outcome, asExpected: false, ordersFailed: null, addedLatencyMsMax: null, hostCpuMax: null, reportMs: null, brake: null, reasons: [lost ?? end.trouble?.message ?? 'It left no report.'] };
  const reportMs = Math.round(performance.now() - foundAtMs);
  // What is as expected is its figures; anything else somebody will want to look into.
  if (!run.asExpected) progress(`Report: ${pathForPeople(keepFetched(reportFolder(reportsFolder(running), document.id, startedAt), files))}`);
  const { trouble } = end;
  return { ...about, verdict: run.verdict, asExpected: run.asExpected && trouble === null, ordersFailed: run.requests.failed, addedLatencyMsMax: run.addedLatencyMsMax, hostCpuMax: run.host.cpuMax, reportMs, brake: brakeOf(report?.runs[0]?.journal ?? []), reasons: trouble === null ? run.reasons : [trouble.message, ...run.reasons] };
}
