/**
 * `./azimuth demo`: the main job in one command. A region comes up, customers order at its designed peak, an
 * AZ is broken and healed, and the verdict says whether they noticed; then everything is stopped.
 */
import { Command } from 'commander';
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import { CommandFailure, progress } from '#kit/command-line.ts';
import { DEFAULT_REGION } from '#kit/find-region.ts';
import { runningRegion } from '../embedded/beside-containers.ts';
import type { StartedRegion } from '../embedded/start-region.ts';
import { adjusted, adjustmentFlags } from './adjustments.ts';
import { addExperimentOptions, azOption, conductOptions, whichExperiments, type ExperimentOptions } from './experiment-arguments.ts';
import { onInterruption } from './interruption.ts';

interface DemoOptions extends ExperimentOptions {
  region?: string;
  az: AvailabilityZone;
  keep?: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('start a region, kill an AZ at peak, heal it, and say whether customers noticed; about a minute and a half')
    .argument('[experiment]', 'what is done to it: a name, or the path of a file', 'az-power-loss')
    .addOption(azOption().default('az1'));
  return addExperimentOptions(command)
    .option('--keep', 'leave the region up afterwards, until Ctrl-C')
    .option('--region <name>', 'name of the region (default: AZIMUTH_REGION, else "azimuth"); another name takes free ports')
    .option('--json', 'the verdict as azimuth.verdict/1 on standard output, nothing else')
    .addHelpText('after', whichExperiments())
    .action(demo);
}

async function demo(asked: string, options: DemoOptions): Promise<void> {
  const name = options.region ?? (process.env['AZIMUTH_REGION'] || DEFAULT_REGION);
  const document = adjusted(await experimentAsked(asked), options);
  await refuseRunning(name, asked);
  const interruption = onInterruption('Stopping: what is broken is healed, then the region stops.');
  const startingMs = performance.now();
  progress(`${document.title}: ${document.hypothesis.text}`);
  const { startRegion } = await import('../embedded/start-region.ts');
  const started = await startRegion({ region: name, ratePerSecond: 'rest', progress, signal: interruption.signal });
  progress(`Region "${started.running.region}" is up after ${secondsSince(startingMs)} s. Shop: ${started.running.urls['shop'] ?? started.running.api}`);
  try {
    process.exitCode = EXIT[await conductOn(started, asked, document, options, interruption.signal)];
    if (options.keep === true && !interruption.signal.aborted) await keep(started, interruption.signal);
  } finally {
    await started.stop();
    interruption.dispose();
    progress(`Stopped. It took ${secondsSince(startingMs)} s in all.`);
  }
}

/** @throws CommandFailure USAGE for a document that needs something else than a region of processes and a few minutes */
async function experimentAsked(asked: string): Promise<ExperimentDocument> {
  const [{ openDocument }, { requireBody }] = await Promise.all([import('../experiments/documents.ts'), import('../experiments/precondition.ts')]);
  const document = openDocument(asked);
  if (document.kind !== 'Experiment') throw new CommandFailure(`${document.id} takes longer than a demo.`, EXIT.USAGE, `Run it on a region that is up: "./azimuth run ${asked}".`);
  requireBody(document, 'embedded');
  return document;
}

async function conductOn(started: StartedRegion, asked: string, document: ExperimentDocument, options: DemoOptions, signal: AbortSignal): Promise<VerdictState> {
  const { conduct } = await import('./conduct.ts');
  return conduct({
    running: started.running,
    document,
    azs: [options.az],
    ...conductOptions(options),
    replay: `./azimuth demo ${asked} --az ${options.az}${adjustmentFlags(options)}`,
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

async function refuseRunning(name: string, asked: string): Promise<void> {
  const found = await runningRegion(name);
  if (found === undefined) return;
  throw new CommandFailure(
    `A region "${name}" is running already${found.body === 'compose' ? ' in containers' : ''}; the demo starts its own.`,
    EXIT.USAGE,
    `Run the experiment on it with "./azimuth run ${asked}", or give the demo another name with --region.`,
  );
}

function secondsSince(startMs: number): string {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}
