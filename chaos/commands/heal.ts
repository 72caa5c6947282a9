/** `./azimuth heal [az1]`: brings back what does not run, whoever broke it. Twice is harmless. */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { HealAnswer } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import { watchOption } from '../terminal/after-verb.ts';
import { parseTarget } from '../terminal/fault-arguments.ts';

/** An AZ starts a few programs at a time beside a loaded region; some machines are slow. */
const HEAL_TIMEOUT_MS = 180_000;

interface HealOptions {
  /** Seconds. */
  watch: number;
  region?: string;
  json?: boolean;
}

export function healCommand(): Command {
  return new Command('heal')
    .description('bring back what is dead or frozen, end faults on links and in services and shifts, turn switches back: of one target, or of everything')
    .argument('[target]', 'az1, az1-dc2 or a replica (default: everything)', parseTarget)
    .addOption(watchOption())
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: what was healed and what customers got')
    .action(heal);
}

async function heal(target: string | undefined, options: HealOptions): Promise<void> {
  const { apiClient, CommandFailure, printJson, printResult, progress } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const { commandText } = await import('#kit/tool-container.ts');
  const { printCustomers, watchCustomers } = await import('../terminal/after-verb.ts');
  const running = await findRegion(options.region);
  const api = apiClient(running, HEAL_TIMEOUT_MS);
  progress(`Healing ${target ?? 'everything'} …`);
  const startedMs = performance.now();
  const answer = await api.post<HealAnswer>('/v1/heal', target === undefined ? {} : { target });
  const tookS = ((performance.now() - startedMs) / 1000).toFixed(1);
  const told = answer.healed.length === 0 ? 'Nothing was broken.' : `Healed ${answer.healed.join(', ')} in ${tookS} s.`;
  if (options.json !== true && (answer.remains.length === 0 || answer.healed.length > 0)) printResult(told);
  const customers = answer.healed.length === 0 ? null : await watchCustomers(api, options.watch);
  if (options.json === true) printJson({ heal: answer, customers });
  else printCustomers(customers, options.watch);
  if (answer.remains.length === 0) return;
  const remains = answer.remains.map(({ name, reason }) => `${name}: ${reason}`).join('\n  ');
  throw new CommandFailure(`What could not be healed:\n  ${remains}`, EXIT.ERROR, `${logText(running.body)}; "${commandText('status')}" shows the rest.`);
}

function logText(body: RegionStatus['body']): string {
  return body === 'compose' ? 'Its log: "docker compose logs <name>"' : 'Its log is in the state folder of the region';
}
