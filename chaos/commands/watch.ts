/** `./azimuth watch`: what customers get, once a second, until Ctrl-C. The live line of the demo. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { CustomerSummary } from '#contracts/records.ts';

const WINDOW_MS = 5000;
const EVERY_MS = 1000;

interface WatchOptions {
  region?: string;
  json?: boolean;
}

export function watchCommand(): Command {
  return new Command('watch')
    .description('what customers get, live: offered, answered, failed, share per AZ, and the faults; Ctrl-C ends it')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON line per second')
    .action(watch);
}

async function watch(options: WatchOptions): Promise<void> {
  const { apiClient } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const { customersText, faultsText } = await import('../terminal/customers-text.ts');
  const { LiveLine } = await import('../terminal/live-line.ts');
  const api = apiClient(await findRegion(options.region), 5000);
  const live = new LiveLine(process.stdout);
  const ended = new AbortController();
  process.once('SIGINT', () => ended.abort());
  process.once('SIGTERM', () => ended.abort());
  try {
    while (!ended.signal.aborted) {
      const beganMs = performance.now();
      const [customers, { faults, atMs }] = await Promise.all([
        api.get<CustomerSummary>(`/v1/customers/summary?windowMs=${WINDOW_MS}`),
        api.get<Pick<RegionStatus, 'faults' | 'atMs'>>('/v1/faults'),
      ]);
      const time = new Date(atMs).toISOString().slice(11, 19);
      const broken = faults.length === 0 ? '' : ` | ${faultsText(faults, atMs)}`;
      if (options.json === true) process.stdout.write(`${JSON.stringify({ atMs, customers, faults })}\n`);
      else live.show(`${time} ${customers.ratePerSecond}/s, last ${WINDOW_MS / 1000} s: ${customersText(customers)}${broken}`);
      await sleep(Math.max(0, EVERY_MS - (performance.now() - beganMs)), undefined, { signal: ended.signal }).catch(() => {});
    }
  } finally {
    live.end();
  }
}
