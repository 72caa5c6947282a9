/** `./azimuth unlock`: faults may be made again. Twice is harmless. */
import { Command } from 'commander';
import type { Lever } from '#contracts/faults.ts';

interface UnlockOptions {
  region?: string;
  json?: boolean;
}

export function unlockCommand(): Command {
  return new Command('unlock')
    .description('let faults be made again after "lock"')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: the lever')
    .action(unlock);
}

async function unlock(options: UnlockOptions): Promise<void> {
  const { apiClient, printJson, printResult } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const lever = await apiClient(await findRegion(options.region)).put<Lever>('/v1/lever', { blocked: false });
  if (options.json === true) printJson(lever);
  else printResult('Faults may be made again.');
}
