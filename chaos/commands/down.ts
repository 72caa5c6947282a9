/** `./azimuth down`: stops a region that runs in another terminal, as Ctrl-C there would. Twice is harmless. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { RunningRegion } from '#contracts/running.ts';

/** Draining takes up to 12 s: customers, then everything else. */
const DRAIN_LIMIT_MS = 20_000;
const POLL_MS = 50;

interface DownOptions {
  region?: string;
  json?: boolean;
}

export function downCommand(): Command {
  return new Command('down')
    .description('stop a running region')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: what was stopped')
    .action(down);
}

async function down(options: DownOptions): Promise<void> {
  const { findRegion, printJson, printResult, progress } = await import('#kit/command-line.ts');
  const { listRunning } = await import('#kit/state-folder.ts');
  if (listRunning().length === 0) {
    if (options.json === true) printJson({ stopped: null });
    else printResult('No region is running.');
    return;
  }
  const running = findRegion(options.region);
  progress(`Stopping region "${running.region}" (process ${running.pid}) …`);
  await stop(running, (): boolean => listRunning().some(({ region, pid }) => region === running.region && pid === running.pid));
  if (options.json === true) printJson({ stopped: running.region });
  else printResult(`Region "${running.region}" is stopped.`);
}

async function stop(running: RunningRegion, isRunning: () => boolean): Promise<void> {
  const { CommandFailure, progress } = await import('#kit/command-line.ts');
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(running.pid, name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPERM') throw new CommandFailure(`Region "${running.region}" belongs to another user.`, EXIT.USAGE, 'Stop it as that user.');
      if (code !== 'ESRCH') throw error;
    }
  };
  signal('SIGTERM');
  // A parent that Ctrl-Z stopped takes the signal once it goes on.
  signal('SIGCONT');
  const endsMs = performance.now() + DRAIN_LIMIT_MS;
  while (isRunning() && performance.now() < endsMs) await sleep(POLL_MS);
  if (!isRunning()) return;
  progress(`It did not stop within ${DRAIN_LIMIT_MS / 1000} s and is killed.`);
  signal('SIGKILL');
}
