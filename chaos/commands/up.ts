/**
 * `./azimuth up`: the region, in this terminal, until Ctrl-C. The same as `npm start`. A second Ctrl-C stops
 * without draining.
 */
import { Command, Option } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printResult, progress } from '#kit/command-line.ts';
import type { StartedRegion } from '../embedded/start-region.ts';
import { parseRate } from '../terminal/rate-argument.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface UpOptions {
  region?: string;
  rate: ReturnType<typeof parseRate>;
  rescue: boolean;
  json?: boolean;
}

export function upCommand(): Command {
  return new Command('up')
    .description('start the region with 10 % of its designed peak as traffic; Ctrl-C stops everything')
    .option('--region <name>', 'name of the region (default: AZIMUTH_REGION, else "azimuth"); another name takes free ports')
    .addOption(new Option('--rate <orders/s>', 'traffic: a number, "rest" or "peak"').default('rest').argParser(parseRate))
    .option('--no-rescue', 'balancers do not re-send what a silent target holds')
    .option('--json', 'one JSON line when the region is ready')
    .action(async (options: UpOptions) => up(options));
}

async function up(options: UpOptions): Promise<void> {
  const { startRegion } = await import('../embedded/start-region.ts');
  const startingMs = performance.now();
  const calledOff = new AbortController();
  let started: StartedRegion | null = null;
  let stopping: Promise<void> | null = null;
  const stopped = new Promise<void>((resolve, reject) => {
    const leave = (signal: string): void => {
      calledOff.abort();
      if (started === null) return;
      if (stopping !== null) {
        progress('Stopping at once.');
        started.stop({ hard: true }).then(resolve, reject);
        return;
      }
      progress(`${signal === 'SIGINT' ? '\n' : ''}Stopping: what is in flight finishes first. Ctrl-C again stops at once.`);
      stopping = started.stop();
      stopping.then(resolve, reject);
    };
    for (const signal of SIGNALS) process.on(signal, leave);
  });
  started = await startRegion({
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.rescue ? {} : { rescue: false }),
    ratePerSecond: options.rate,
    progress,
    signal: calledOff.signal,
  });
  // Called off in the moment in which it became ready.
  if (calledOff.signal.aborted) {
    await started.stop({ hard: true });
    throw new CommandFailure('The start was called off; everything is stopped.', EXIT.ABORTED);
  }
  announce(started, options, (performance.now() - startingMs) / 1000);
  await stopped;
  progress('Stopped.');
}

function announce({ running, ratePerSecond, leavesOut }: StartedRegion, options: UpOptions, upS: number): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...running, ratePerSecond, upS })}\n`);
    return;
  }
  const flag = running.region === 'azimuth' ? '' : ` --region ${running.region}`;
  const urls = Object.entries(running.urls).map(([name, url]) => `  ${name.padEnd(5)} ${url}`);
  const missing = leavesOut.length === 0 ? [] : ['', `Left out without Docker: ${leavesOut.map(({ name }) => name).join(', ')}.`];
  printResult(
    [
      `Region "${running.region}" is up after ${upS.toFixed(1)} s, with ${ratePerSecond} orders/s.`,
      ...urls,
      ...missing,
      '',
      'In another terminal:',
      `  ./azimuth watch${flag}             what customers get, live`,
      `  ./azimuth traffic peak${flag}      designed peak`,
      `  ./azimuth kill az1${flag}          an AZ dies; "heal" brings it back`,
      `  ./azimuth status${flag}            faults, components, each balancer's opinion`,
      'Ctrl-C stops everything.',
    ].join('\n'),
  );
}
