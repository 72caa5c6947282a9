/**
 * `./azimuth run <experiment>`: a document, shipped or anybody's, on a region that runs already, of either body. What its
 * kind is decides what is done: an experiment has phases and a verdict, a suite is several of them with one verdict, a search
 * finds what an AZ can take. All leave the region as they found it. An experiment of Chaos Toolkit is run as it says itself (`run-toolkit.ts`).
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printJson, printResult } from '#kit/command-line.ts';
import { findRegion } from '#kit/find-region.ts';
import { commandText } from '#kit/tool-container.ts';
import type { ExperimentDocument, KneeSearchDocument, SuiteDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import { apiForPeople } from '../client/api-for-people.ts';
import { adjusted, adjustmentFlags } from './adjustments.ts';
import { addExperimentOptions, azOption, conductOptions, parseTimes, whichExperiments, type ExperimentOptions } from './experiment-arguments.ts';
import type { ConductOptions } from './conduct.ts';
import type { CodeState } from './run-table.ts';
import { onInterruption } from './interruption.ts';

interface RunOptions extends ExperimentOptions {
  region?: string;
  az?: AvailabilityZone;
  all?: boolean;
  resume?: boolean;
  times?: number;
  detach?: boolean;
}

/** @param code the state of `policy/`, `kit/` and `services/` */
export function runCommand(code: Pick<CodeState, 'isUnchangedSince'>): Command {
  const command = new Command('run')
    .description('run an experiment on a running region and say whether customers noticed')
    .argument('<experiment>', 'its name, or the path of its file')
    .addOption(azOption("the first of the document's matrix, of capacity all"))
    .option('--all', 'one AZ after the other');
  return addExperimentOptions(command)
    .option('--detach', 'leave it running in the controller, and say how to look at it')
    .option('--resume', 'with a suite or "capacity": go on where an earlier one ended')
    .option('--times <n>', 'with a suite: runs of each experiment, over its AZs in turn (default: one in each)', parseTimes)
    .option('--region <name>', 'the region, when several are running')
    .option('--json', 'the result as one JSON document on standard output')
    .addHelpText('after', whichExperiments())
    .action(async (asked: string, options: RunOptions) => {
      const [{ textOfDocument }, { readDocument }, { isToolkitExperiment }] = await Promise.all([
        import('../experiments/documents.ts'), import('../experiments/reading/read.ts'), import('#chaos/chaos-toolkit/read-experiment.ts'),
      ]);
      // Once: what a shell hands over can be read no second time.
      const { text, file } = textOfDocument(asked);
      if (isToolkitExperiment(text)) {
        await runToolkit(asked, text, options);
        return;
      }
      const document = readDocument(text, file);
      if (document.kind === 'Experiment') await runExperiment(asked, document, options);
      else if (document.kind === 'Suite') await runSuiteOf(asked, document, options, code);
      else await searchKnee(document, options);
    });
}

async function runExperiment(asked: string, document: ExperimentDocument, options: RunOptions): Promise<void> {
  if (options.resume === true) throw new CommandFailure('--resume goes with a suite, and with a search such as "run capacity", only.', EXIT.USAGE);
  if (options.times !== undefined) throw new CommandFailure('--times goes with a suite only.', EXIT.USAGE);
  const azs = azsOf(document, options);
  const [{ conduct, conductDetached }, { requireBody }] = await Promise.all([import('./conduct.ts'), import('../experiments/precondition.ts')]);
  const running = await findRegion(options.region);
  requireBody(document, running.body);
  const interruption = onInterruption('Stopping: what is broken is healed first.');
  const where = options.all === true ? '--all' : `--az ${azs.join()}`;
  const region = options.region === undefined ? '' : ` --region ${options.region}`;
  try {
    const wanted: ConductOptions = {
      running,
      document: adjusted(document, options),
      azs,
      ...conductOptions(options),
      replay: commandText(`run ${asked} ${where}${adjustmentFlags(options)}${region}`),
      signal: interruption.signal,
    };
    if (options.detach === true) tellDetached(await conductDetached(wanted), apiForPeople(running), options);
    else process.exitCode = EXIT[await conduct(wanted)];
  } finally {
    interruption.dispose();
  }
}

/** @param api where a person finds it */
function tellDetached(id: string, api: string, { json, region }: RunOptions): void {
  if (json === true) return printJson({ run: id, url: `${api}/v1/runs/${id}` });
  const flag = region === undefined ? '' : ` --region ${region}`;
  printResult([`Run ${id} goes on by itself.`, `  ${commandText(`runs ${id}${flag}`)}            how it is, and its report`, `  ${commandText(`runs ${id} --abort${flag}`)}    ends it; what it broke is healed first`].join('\n'));
}

/** @throws CommandFailure USAGE for what would make other experiments of those that it holds */
async function runSuiteOf(asked: string, suite: SuiteDocument, options: RunOptions, code: Pick<CodeState, 'isUnchangedSince'>): Promise<void> {
  refuseForeign(`${suite.id} is a suite, whose experiments are run as they are written`, options, ['--until', '--ovens', '--waive', '--detach'], [options.until, options.ovens, options.waive, options.detach]);
  if (options.all === true && options.az !== undefined) throw new CommandFailure('Give --az or --all, not both.', EXIT.USAGE);
  const [{ runSuite }, { pathOfDocument }] = await Promise.all([import('./run-suite.ts'), import('../experiments/documents.ts')]);
  const running = await findRegion(options.region);
  const interruption = onInterruption('Stopping: what is broken is healed first. "--resume" goes on from here.');
  const { az = null, times = null, resume = false, region } = options;
  const { ratePerSecond, seed } = conductOptions(options);
  const flags = [az === null ? '' : ` --az ${az}`, times === null ? '' : ` --times ${times}`, ratePerSecond === null ? '' : ` --rate ${ratePerSecond}`, ` --seed ${seed}`, region === undefined ? '' : ` --region ${region}`];
  try {
    process.exitCode = EXIT[await runSuite({ ...conductOptions(options), running, suite, file: pathOfDocument(asked), az, times, resume, isUnchangedSince: (commit) => code.isUnchangedSince(commit), replay: commandText(`run ${asked}${flags.join('')}`), signal: interruption.signal })];
  } finally {
    interruption.dispose();
  }
}

/** An experiment of Chaos Toolkit. @throws CommandFailure USAGE for what only a document of ours takes */
async function runToolkit(asked: string, text: string, options: RunOptions): Promise<void> {
  refuseForeign(`${asked} is an experiment of Chaos Toolkit, which says itself what is done`, options, ['--az', '--all', '--rate', '--until', '--ovens', '--waive', '--timeout', '--resume', '--times', '--detach', '--region'], [
    options.az, options.all, options.rate, options.until, options.ovens, options.waive, options.timeout, options.resume, options.times, options.detach, options.region,
  ]);
  const { runToolkitFile } = await import('./run-toolkit.ts');
  const interruption = onInterruption('Stopping: the rollbacks are run first.');
  try {
    process.exitCode = await runToolkitFile(asked, text, { reportDir: options.reportDir ?? null, json: options.json === true, allowInconclusive: options.allowInconclusive === true, signal: interruption.signal });
  } finally {
    interruption.dispose();
  }
}

/** @throws CommandFailure USAGE naming the flags that were given and do not go with what is run */
function refuseForeign(why: string, { rescue }: RunOptions, flags: readonly string[], values: readonly unknown[]): void {
  const foreign = flags.filter((_flag, at) => values[at] !== undefined);
  if (!rescue) foreign.push('--no-rescue');
  if (foreign.length > 0) throw new CommandFailure(`${why}: leave ${foreign.join(', ')} out.`, EXIT.USAGE);
}

/** Those of the matrix that were asked for; its first when none was. @throws CommandFailure USAGE */
function azsOf({ id, azs }: ExperimentDocument | KneeSearchDocument, { all, az }: RunOptions): readonly AvailabilityZone[] {
  if (all === true && az !== undefined) throw new CommandFailure('Give --az or --all, not both.', EXIT.USAGE);
  if (all === true) return azs;
  if (az === undefined) return azs.slice(0, 1);
  if (!azs.includes(az)) throw new CommandFailure(`${id} does not run on ${az}.`, EXIT.USAGE, `Its matrix holds ${azs.join(', ')}.`);
  return [az];
}

/** @throws CommandFailure USAGE for what only a run with phases takes */
async function searchKnee(document: KneeSearchDocument, options: RunOptions): Promise<void> {
  refuseForeign(`"run ${document.id}" searches for the rate itself and makes no fault`, options, ['--rate', '--until', '--ovens', '--waive', '--timeout', '--allow-inconclusive', '--report-dir', '--times', '--detach'], [
    options.rate, options.until, options.ovens, options.waive, options.timeout, options.allowInconclusive, options.reportDir, options.times, options.detach,
  ]);
  const running = await findRegion(options.region);
  const { measureAndReport } = await import('./measure-capacity.ts');
  const interruption = onInterruption('Stopping: the AZs are put back in rotation first. "--resume" goes on from here.');
  try {
    await measureAndReport({
      running,
      document,
      azs: options.az === undefined ? document.azs : azsOf(document, options),
      seed: options.seed,
      resume: options.resume === true,
      json: options.json === true,
      signal: interruption.signal,
    });
  } finally {
    interruption.dispose();
  }
}
