/** `./azimuth traffic 300`: how many orders per second the customers place. */
import { Argument, Command } from 'commander';
import type { RegionStatus } from '#contracts/faults.ts';
import type { Region } from '#contracts/region.ts';
import type { Rate } from '../embedded/rate.ts';
import { parseRate } from '../terminal/rate-argument.ts';

interface TrafficOptions {
  region?: string;
  json?: boolean;
}

export function trafficCommand(): Command {
  return new Command('traffic')
    .description('set how many orders per second customers place')
    .addArgument(new Argument('<orders/s>', 'a number, "rest" (10 % of designed peak) or "peak"').argParser(parseRate))
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: the traffic that holds now')
    .action(traffic);
}

async function traffic(rate: Rate, options: TrafficOptions): Promise<void> {
  const { apiClient, printJson, printResult, progress } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const { ratePerSecondOf } = await import('../embedded/rate.ts');
  const api = apiClient(await findRegion(options.region));
  const [region, { settings }] = await Promise.all([api.get<Region>('/v1/region'), api.get<RegionStatus>('/v1/status')]);
  const ratePerSecond = ratePerSecondOf(region, rate, settings.ovens);
  const peak = ratePerSecondOf(region, 'peak', settings.ovens);
  if (ratePerSecond > peak) progress(`${ratePerSecond} orders/s is above the designed peak of ${peak}: with an AZ lost, customers would notice.`);
  const answer = await api.put<{ ratePerSecond: number; arm: string }>('/v1/traffic', { ratePerSecond });
  if (options.json === true) printJson(answer);
  else printResult(`Customers place ${answer.ratePerSecond} orders/s now (designed peak: ${peak}).`);
}
