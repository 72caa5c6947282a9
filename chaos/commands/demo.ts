/**
 * `./azimuth demo`: the main job in one command. A region comes up, customers order at its designed peak, an
 * AZ is broken and healed, and the verdict says whether they noticed; then everything is stopped.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { CommandFailure, progress } from '#kit/command-line.ts';
import { DEFAULT_REGION } from '#kit/find-region.ts';
import { runningRegion } from '../embedded/beside-containers.ts';
import type { StartedRegion } from '../embedded/start-region.ts';
import { requireBody } from '../experiments/precondition.ts';
import { azOption, experimentList, parseExperiment, rateOption, seedOption, untilOption } from './experiment-arguments.ts';
import { onInterruption } from './interruption.ts';

interface DemoOptions {
  region?: string;
  az: string;
  rate?: number;
  seed: number;
  keep?: boolean;
  until?: 'balanced';
  json?: boolean;
  rescue: boolean;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('start a region, kill an AZ at peak, heal it, and say whether customers noticed; about a minute and a half')
    .argument('[experiment]', 'what is done to it (default: az-power-loss)', parseExperiment)
    .addOption(azOption().default('az1'))
    .addOption(rateOption())
    .addOption(seedOption())
    .option('--keep', 'leave the region up afterwards, until Ctrl-C')
    .addOption(untilOption())
    .option('--no-rescue', 'balancers do not re-send what a silent target holds')
    .option('--region <name>', 'name of the region (default: AZIMUTH_REGION, else "azimuth"); another name takes free ports')
    .option('--json', 'the verdict as azimuth.verdict/1 on standard output, nothing else')
    .addHelpText('after', experimentList())
    .action(async (experiment: ExperimentDocument | undefined, options: DemoOptions) => demo(experiment ?? parseExperiment('az-power-loss'), options));
}

async function demo(experiment: ExperimentDocument, options: DemoOptions): Promise<void> {
  const name = options.region ?? (process.env['AZIMUTH_REGION'] || DEFAULT_REGION);
  requireBody(experiment, 'embedded');
  await refuseRunning(name, experiment);
  const document: ExperimentDocument = {
    ...experiment,
    until: options.until ?? experiment.until,
    settings: options.rescue ? experiment.settings : { ...experiment.settings, rescue: false },
  };
  const interruption = onInterruption('Stopping: what is broken is healed, then the region stops.');
  const startingMs = performance.now();
  progress(`${document.title}: ${document.hypothesis}`);
  const { startRegion } = await import('../embedded/start-region.ts');
  const started = await startRegion({ region: name, ratePerSecond: 'rest', progress, signal: interruption.signal });
  progress(`Region "${started.running.region}" is up after ${secondsSince(startingMs)} s. Shop: ${started.running.urls['shop'] ?? started.running.api}`);
  try {
    const verdict = await conductOn(started, document, options, interruption.signal);
    process.exitCode = EXIT[verdict.verdict];
    if (options.keep === true && !interruption.signal.aborted) await keep(started, interruption.signal);
  } finally {
    await started.stop();
    interruption.dispose();
    progress(`Stopped. It took ${secondsSince(startingMs)} s in all.`);
  }
}

async function conductOn(started: StartedRegion, document: ExperimentDocument, options: DemoOptions, signal: AbortSignal): Promise<Verdict> {
  const { conduct } = await import('./conduct.ts');
  const flags = `${options.rescue ? '' : ' --no-rescue'}${options.until === undefined ? '' : ` --until ${options.until}`}`;
  return conduct({
    running: started.running,
    document,
    azs: [options.az],
    ratePerSecond: options.rate ?? null,
    seed: options.seed,
    json: options.json === true,
    replay: `./azimuth demo ${document.id} --az ${options.az}${flags}`,
    signal,
  });
}

function keep(started: StartedRegion, signal: AbortSignal): Promise<void> {
  progress(`Region "${started.running.region}" stays up until Ctrl-C.`);
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function refuseRunning(name: string, experiment: ExperimentDocument): Promise<void> {
  const found = await runningRegion(name);
  if (found === undefined) return;
  throw new CommandFailure(
    `A region "${name}" is running already${found.body === 'compose' ? ' in containers' : ''}; the demo starts its own.`,
    EXIT.USAGE,
    `Run the experiment on it with "./azimuth run ${experiment.id}", or give the demo another name with --region.`,
  );
}

function secondsSince(startMs: number): string {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}
