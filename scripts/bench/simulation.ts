/**
 * Prints how fast the simulation is: a minute of 38 regions, 120 AZs and thousands of replicas under
 * traffic, with every balancer deciding. A benchmark and no test: hosts differ, so it judges nothing.
 */
import { Command, InvalidArgumentError } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { printJson, printResult } from '#kit/command-line.ts';
import { createFleet } from '#simulation/fleet.ts';
import { VirtualTime } from '#simulation/virtual-time.ts';

interface Options {
  replicas: number;
  seconds: number;
  rate: number;
  seed: number;
  json?: boolean;
}

new Command('simulation')
  .description('how fast the simulation is: 38 regions, 120 AZs')
  .option('--replicas <number>', 'replicas per AZ, 2 or more', atLeast(2), 25)
  .option('--seconds <number>', 'virtual seconds', atLeast(1), 60)
  .option('--rate <number>', 'orders per second and region, each with a menu read', atLeast(0), 30)
  .option('--seed <number>', 'draws everything', atLeast(0), 1)
  .option('--json', 'print the result as one JSON document')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.PASS : EXIT.USAGE))
  .action(measure)
  .parse();

function atLeast(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min) throw new InvalidArgumentError(`Give a whole number, ${min} or more.`);
    return value;
  };
}

function measure({ replicas: replicasPerAz, seconds, rate, seed, json }: Options): void {
  const time = new VirtualTime();
  const regions = createFleet(time, seed, replicasPerAz);
  for (const { customers } of regions) time.at(1500, () => customers.traffic(rate));
  const before = process.cpuUsage();
  time.runUntil(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  const cpuS = (user + system) / 1e6;
  const decisions = regions.reduce((sum, { trace }) => sum + trace.decisions, 0);
  const requests = regions.reduce((sum, { customers }) => sum + customers.records.length, 0);
  const result = {
    replicas: replicasPerAz * 120,
    regions: regions.length,
    virtualSeconds: seconds,
    cpuSeconds: Number(cpuS.toFixed(2)),
    requests,
    decisions,
    things: time.processed,
    decisionsPerSecond: Math.round(decisions / cpuS),
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  if (json === true) printJson(result);
  else {
    printResult(`${result.replicas} replicas, ${result.regions} regions, ${seconds} virtual seconds in ${result.cpuSeconds} s of CPU`);
    printResult(`${requests} requests, ${decisions} decisions (${result.decisionsPerSecond}/s with all that surrounds them), ${result.things} things happened, ${result.residentMiB} MiB`);
  }
}
