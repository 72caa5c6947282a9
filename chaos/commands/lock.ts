/** `./azimuth lock "incident 42"`: nobody breaks anything until it is unlocked, and what experiments hold is healed. */
import { Command } from 'commander';
import type { Lever } from '#contracts/faults.ts';
import { commandText } from '#kit/tool-container.ts';
import { parseReason } from '../terminal/fault-arguments.ts';

interface LockOptions {
  region?: string;
  json?: boolean;
}

export function lockCommand(): Command {
  return new Command('lock')
    .description('block new faults, of anybody, and end running experiments; what is broken by hand stays, and heals always work')
    .argument('<reason>', 'why, for those who are refused', parseReason)
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: the lever')
    .addHelpText('after', `\nExample:\n  ${commandText('lock "incident 42"')}`)
    .action(lock);
}

async function lock(reason: string, options: LockOptions): Promise<void> {
  const { apiClient, printJson, printResult } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const lever = await apiClient(await findRegion(options.region)).put<Lever>('/v1/lever', { blocked: true, reason });
  if (options.json === true) printJson(lever);
  else printResult(`New faults are blocked: ${reason}. Until: ${commandText('unlock')}`);
}
