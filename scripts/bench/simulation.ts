/**
 * Prints how fast the simulation is: a minute of 38 regions, 120 AZs and thousands of replicas under
 * traffic, with every balancer deciding. A benchmark and no test: hosts differ, so it judges nothing.
 */
import { parseArgs } from 'node:util';
import { createFleet } from '#simulation/fleet.ts';
import { VirtualTime } from '#simulation/virtual-time.ts';

const HELP = `Usage: node scripts/bench/simulation.ts [--replicas 25] [--seconds 60] [--rate 30] [--seed 1] [--json]
  --replicas  replicas per AZ (120 AZs)
  --seconds   virtual seconds
  --rate      orders per second and region, each with a menu read`;

const { values } = parseArgs({
  options: {
    replicas: { type: 'string', default: '25' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else {
  const numbers = Object.fromEntries((['replicas', 'seconds', 'rate', 'seed'] as const).map((name) => [name, Number(values[name])]));
  const { replicas = NaN, seconds = NaN, rate = NaN, seed = NaN } = numbers;
  if (!(Number.isInteger(replicas) && replicas >= 2 && seconds > 0 && rate >= 0 && Number.isInteger(seed))) {
    console.error(`--replicas takes a whole number of 2 or more, --seconds, --rate and --seed take numbers.\n${HELP}`);
    process.exitCode = 2;
  } else measure(replicas, seconds, rate, seed);
}

function measure(replicasPerAz: number, seconds: number, rate: number, seed: number): void {
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
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.log(`${result.replicas} replicas, ${result.regions} regions, ${seconds} virtual seconds in ${result.cpuSeconds} s of CPU`);
    console.log(`${requests} requests, ${decisions} decisions (${result.decisionsPerSecond}/s with all that surrounds them), ${result.things} things happened, ${result.residentMiB} MiB`);
  }
}
