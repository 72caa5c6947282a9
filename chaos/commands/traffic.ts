/** `./azimuth traffic 300`: how many orders per second the customers place. */
import { Argument, Command, Option } from 'commander';
import { TRAFFIC_RAMP_MS } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { Region } from '#contracts/region.ts';
import type { Rate } from '../capacity/rate.ts';
import { parseSeconds } from '../terminal/after-verb.ts';
import { parseRate } from '../terminal/rate-argument.ts';

interface TrafficOptions {
  over: number;
  region?: string;
  json?: boolean;
}

export function trafficCommand(): Command {
  return new Command('traffic')
    .description('set how many orders per second customers place')
    .addArgument(new Argument('<orders/s>', 'a number, "rest" (10 % of designed peak) or "peak"').argParser(parseRate))
    .addOption(new Option('--over <seconds>', 'reach a higher rate evenly in this time; 0 for a step').argParser(parseSeconds).default(TRAFFIC_RAMP_MS / 1000))
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: the traffic that holds now')
    .action(traffic);
}

async function traffic(rate: Rate, options: TrafficOptions): Promise<void> {
  const { apiClient, printJson, printResult, progress } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const { ratePerSecondOf } = await import('../capacity/rate.ts');
  const api = apiClient(await findRegion(options.region));
  const [region, { settings }] = await Promise.all([api.get<Region>('/v1/region'), api.get<RegionStatus>('/v1/status')]);
  const ratePerSecond = ratePerSecondOf(region, rate, settings.ovens);
  const peak = ratePerSecondOf(region, 'peak', settings.ovens);
  if (ratePerSecond > peak) progress(`${ratePerSecond} orders/s is above the designed peak of ${peak}: with an AZ lost, customers would notice.`);
  const answer = await api.put<{ ratePerSecond: number; arm: string }>('/v1/traffic', { ratePerSecond, overMs: options.over * 1000 });
  if (options.json === true) printJson(answer);
  else printResult(`Customers place ${answer.ratePerSecond} orders/s ${options.over > 0 ? `within ${options.over} s` : 'now'} (designed peak: ${peak}).`);
}
