/** `./azimuth status`: what is broken, what customers got, what runs and what it costs, who thinks what of whom. */
import { Command } from 'commander';
import type { RegionStatus } from '#contracts/region-status.ts';

interface StatusOptions {
  region?: string;
  json?: boolean;
}

export function statusCommand(): Command {
  return new Command('status')
    .description('faults with their countdowns, the last 10 s of customers, components, and what each balancer thinks of each target')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document')
    .action(async (options: StatusOptions) => {
      const { apiClient, printJson, printResult } = await import('#kit/command-line.ts');
      const { findRegion } = await import('#kit/find-region.ts');
      const { statusText } = await import('../terminal/status-text.ts');
      const status = await apiClient(await findRegion(options.region)).get<RegionStatus>('/v1/status');
      if (options.json === true) printJson(status);
      else printResult(statusText(status));
    });
}
