/**
 * `./azimuth run <experiment>`: an experiment on a region that runs already, of either body, and `run capacity`,
 * which measures what an AZ can take. Both leave the region as they found it.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { findRegion } from '#kit/find-region.ts';
import { commandText } from '#kit/tool-container.ts';
import { EXPERIMENTS, findExperiment } from '../experiments/documents.ts';
import { requireBody } from '../experiments/precondition.ts';
import { azOption, experimentList, rateOption, seedOption, untilOption } from './experiment-arguments.ts';
import { onInterruption } from './interruption.ts';

interface RunOptions {
  region?: string;
  az?: string;
  all?: boolean;
  rate?: number;
  seed: number;
  until?: 'balanced';
  json?: boolean;
  resume?: boolean;
}

const CAPACITY = 'capacity';

export function runCommand(): Command {
  return new Command('run')
    .description('run an experiment on a running region and say whether customers noticed')
    .argument('<experiment>', 'its name, see below')
    .addOption(azOption())
    .option('--all', 'one AZ after the other')
    .addOption(rateOption())
    .addOption(seedOption())
    .addOption(untilOption())
    .option('--resume', 'with "capacity": go on where an earlier measurement ended')
    .option('--region <name>', 'the region, when several are running')
    .option('--json', 'the result as one JSON document on standard output')
    .addHelpText('after', `${experimentList()}\n  ${CAPACITY.padEnd(22)} Measures the knee of each AZ, which takes half an hour; the designed peak follows from it`)
    .action(async (name: string, options: RunOptions) => (name === CAPACITY ? runCapacity(options) : runNamed(name, options)));
}

async function runNamed(name: string, options: RunOptions): Promise<void> {
  const experiment = findExperiment(name);
  if (experiment === undefined) {
    throw new CommandFailure(`There is no experiment "${name}".`, EXIT.USAGE, `There is: ${[...EXPERIMENTS.map(({ id }) => id), CAPACITY].join(', ')}.`);
  }
  if (options.resume === true) throw new CommandFailure('--resume goes with "run capacity" only.', EXIT.USAGE);
  if (options.all === true && options.az !== undefined) throw new CommandFailure('Give --az or --all, not both.', EXIT.USAGE);
  const running = await findRegion(options.region);
  requireBody(experiment, running.body);
  const { conduct } = await import('./conduct.ts');
  const interruption = onInterruption('Stopping: what is broken is healed first.');
  const azs = options.all === true ? AVAILABILITY_ZONES : [options.az ?? 'az1'];
  const where = options.all === true ? '--all' : `--az ${azs.join()}`;
  const until = options.until === undefined ? '' : ` --until ${options.until}`;
  const region = options.region === undefined ? '' : ` --region ${options.region}`;
  try {
    const verdict = await conduct({
      running,
      document: { ...experiment, until: options.until ?? experiment.until },
      azs,
      ratePerSecond: options.rate ?? null,
      seed: options.seed,
      json: options.json === true,
      replay: commandText(`run ${experiment.id} ${where}${until}${region}`),
      signal: interruption.signal,
    });
    process.exitCode = EXIT[verdict.verdict];
  } finally {
    interruption.dispose();
  }
}

async function runCapacity(options: RunOptions): Promise<void> {
  if (options.rate !== undefined || options.until !== undefined) {
    throw new CommandFailure('"run capacity" finds the rate itself: leave --rate and --until out.', EXIT.USAGE);
  }
  const running = await findRegion(options.region);
  const { measureAndReport } = await import('./measure-capacity.ts');
  const interruption = onInterruption('Stopping: the AZs are put back in rotation first. "--resume" goes on from here.');
  try {
    await measureAndReport({
      running,
      azs: options.az === undefined ? AVAILABILITY_ZONES : [options.az],
      seed: options.seed,
      resume: options.resume === true,
      json: options.json === true,
      signal: interruption.signal,
    });
  } finally {
    interruption.dispose();
  }
}
