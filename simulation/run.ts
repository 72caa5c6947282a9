/**
 * One run of the simulated region: a seed, a rate, a list of faults at their times. Everything that a test
 * judges comes from what it returns; the same options return the same, to the last decision.
 */
import type { StampedEvent } from '#contracts/events.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { createRandom } from '#policy/random.ts';
import { Faults } from './faults.ts';
import { createRegion, type Region, type RegionShape } from './region.ts';
import type { Resend } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';

export interface PlannedFault {
  atMs: number;
  act: (faults: Faults, region: Region) => void;
}

export interface RunOptions {
  seed: number;
  /** Orders per second; each brings a menu read. */
  ratePerSecond: number;
  /** Traffic flows from 1 s (everything has booted) to this time; then the last requests settle. */
  untilMs: number;
  faults?: readonly PlannedFault[];
  shape?: Partial<RegionShape>;
  /** Ends the run early, asked once per second. */
  isDone?: (region: Region) => boolean;
}

export interface RunResult {
  options: RunOptions;
  records: CustomerRecord[];
  events: StampedEvent[];
  resends: Resend[];
  /** Front door: requests and attempts since the start, one entry per second. */
  frontDoor: { requests: number; attempts: number }[];
  bakedTwice: number;
  decisions: number;
  violations: string[];
  /** Hash over every decision. */
  digest: string;
  region: Region;
}

/** Before traffic starts; processes have booted and finished their first round by then. */
const TRAFFIC_FROM_MS = 1000;
/** Patience, and what the slowest inner request needs to be given up. */
const SETTLE_MS = 2500;

export function run(options: RunOptions): RunResult {
  const time = new VirtualTime();
  const region = createRegion(time, options.seed, options.shape);
  const faults = new Faults(region, createRandom(options.seed ^ 0x5eed));
  for (const fault of options.faults ?? []) time.at(fault.atMs, () => fault.act(faults, region));
  time.at(TRAFFIC_FROM_MS, () => region.customers.traffic(options.ratePerSecond));

  const frontDoor: RunResult['frontDoor'] = [];
  for (let secondMs = TRAFFIC_FROM_MS; secondMs <= options.untilMs; secondMs += 1000) {
    time.runUntil(secondMs);
    const { requests, attempts } = region.clients.get(region.frontDoor.name)!.counters();
    frontDoor.push({ requests, attempts });
    if (options.isDone?.(region) === true) break;
  }
  time.runUntil(Math.max(time.nowMs, options.isDone === undefined ? options.untilMs : time.nowMs));
  region.customers.traffic(0);
  time.runUntil(time.nowMs + SETTLE_MS);

  const violations = [...region.trace.violations];
  for (const [name, client] of region.clients) {
    const node = name === region.frontDoor.name ? region.frontDoor : region.nodes.get(name)!;
    if (node.state === 'running' && client.unfinished() > 0) violations.push(`${name} never ended ${client.unfinished()} requests`);
  }
  let bakedTwice = 0;
  for (const times of region.baked.values()) if (times > 1) bakedTwice += 1;
  return {
    options,
    records: region.customers.records,
    events: region.trace.events,
    resends: region.trace.resends,
    frontDoor,
    bakedTwice,
    decisions: region.trace.decisions,
    violations,
    digest: region.trace.digest(),
    region,
  };
}
