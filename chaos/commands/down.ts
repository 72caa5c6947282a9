/**
 * `./azimuth down`: stops a region that runs in another terminal, as Ctrl-C there would. Twice is harmless. A region in
 * containers is Docker's to stop: it says how.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';

/** Draining takes up to 12 s: customers, then everything else. */
const DRAIN_LIMIT_MS = 20_000;
const POLL_MS = 50;

interface DownOptions {
  region?: string;
  json?: boolean;
}

export function downCommand(): Command {
  return new Command('down')
    .description('stop a running region of processes; one in containers: docker compose down -v')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: what was stopped')
    .action(down);
}

async function down(options: DownOptions): Promise<void> {
  const { CommandFailure, printJson, printResult, progress } = await import('#kit/command-line.ts');
  const { findRegion, listRegions } = await import('#kit/find-region.ts');
  const { listRunning } = await import('#kit/state-folder.ts');
  const { regions } = await listRegions();
  if (regions.length === 0) {
    if (options.json === true) printJson({ stopped: null });
    else printResult('No region is running.');
    return;
  }
  const { region, pid } = await findRegion(options.region);
  if (pid === null) {
    const { stopText } = await import('../embedded/beside-containers.ts');
    throw new CommandFailure(`Region "${region}" runs in containers, which only Docker can stop.`, EXIT.USAGE, `In this checkout: ${stopText(region)}`);
  }
  progress(`Stopping region "${region}" (process ${pid}) …`);
  await stop(region, pid, (): boolean => listRunning().some((one) => one.region === region && one.pid === pid));
  if (options.json === true) printJson({ stopped: region });
  else printResult(`Region "${region}" is stopped.`);
}

async function stop(region: string, pid: number, isRunning: () => boolean): Promise<void> {
  const { CommandFailure, progress } = await import('#kit/command-line.ts');
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPERM') throw new CommandFailure(`Region "${region}" belongs to another user.`, EXIT.USAGE, 'Stop it as that user.');
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
