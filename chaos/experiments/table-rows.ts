/**
 * The table of what Azimuth claims, row by row: which experiment, how often, on what. Rows are interleaved
 * when they are run, so that a table that was cut short still says something about every row. Both bodies run the same
 * experiments where they can; what leaves a network needs one to leave.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { withMax } from '#chaos/verdict/bounds.ts';
import { REST_SHARE_OF_PEAK } from '../capacity/rate.ts';
import { experimentNamed } from './documents.ts';
import { untilBalanced } from './phase-lengths.ts';

export interface TableRow {
  id: string;
  title: string;
  runs: number;
  /** Share of the runs in which the bar on added latency must hold; every other bar must hold in all. */
  addedLatencyShareMin: number;
  /** Share of the designed peak. */
  rateShare: number;
  /** Orders per second that were asked for instead; null for those of the designed peak. */
  ratePerSecond: number | null;
  /** What run number `index` (0..) does. */
  run(index: number): { az: AvailabilityZone; document: ExperimentDocument };
}

const FULL = { runs: 10, addedLatencyShareMin: 0.9 } as const;
const HALF = { runs: 5, addedLatencyShareMin: 0.8 } as const;
/** Too few for a share: all must hold. */
const SHORT = { runs: 3, addedLatencyShareMin: 1 } as const;
/** Stricter than what a single run must keep, because one run in ten may exceed it. */
const KILL_ADDED_MS_MAX = 250;

/** Milliseconds. The region is warm; recovery always waits for balance, so that the next run begins on a whole region. */
const PHASES = { warmMs: 3_000, baselineMs: 10_000, faultMs: 10_000 } as const;

/** One of every AZ. */
function onEachAz(id: string, title: (az: string) => string, experiment: string, times: typeof FULL | typeof HALF): TableRow[] {
  return AVAILABILITY_ZONES.map((az) => ({ id: `${id}-${az}`, title: title(az), rateShare: 1, ratePerSecond: null, run: () => ({ az, document: documentOf(experiment) }), ...times }));
}

const KILLS = onEachAz('kill', (az) => `${az} killed at peak`, 'az-power-loss', FULL);
const ISOLATIONS = onEachAz('isolate', (az) => `${az} isolated at peak`, 'az-isolation', HALF);

const OF_BOTH: readonly TableRow[] = [
  rotating('kill-replica', 'one replica killed at peak', 'replica-loss', ['az1-kitchen-a', 'az2-storefront-b', 'az3-kitchen-b']),
  rotating('kill-dc', 'one data centre killed at peak', 'dc-loss', ['az1-dc1', 'az2-dc2', 'az3-dc1']),
  inTurn('cut', 'an AZ whose kitchens are down, cut off from another', 'az-cut'),
  inTurn('cut-one-way', 'the same, cut one way only', 'az-cut-one-way'),
  inTurn('slow', 'the ways of an AZ slowed by 400 ms', 'az-slow'),
];

const OF_PROCESSES: readonly TableRow[] = [
  ...KILLS,
  ...onEachAz('freeze', (az) => `${az} frozen at peak`, 'az-freeze', FULL),
  ...ISOLATIONS,
  ...OF_BOTH,
  atRest('kill-rest', 'an AZ killed at rest', 'az-power-loss'),
  atRest('freeze-rest', 'an AZ frozen at rest', 'az-freeze'),
  inTurn('kill-bare', 'control: an AZ killed, bare customers', 'az-power-loss-bare'),
  inTurn('freeze-no-rescue', 'control: an AZ frozen, rescue off', 'az-freeze-no-rescue'),
];

const OF_CONTAINERS: readonly TableRow[] = [
  ...KILLS,
  ...onEachAz('freeze', (az) => `${az} paused at peak`, 'az-freeze', HALF),
  ...onEachAz('kill-silent', (az) => `${az} loses power at peak, without a FIN or a RST`, 'az-power-loss-silent', HALF),
  ...onEachAz('blackhole', (az) => `${az} off the network at peak`, 'az-blackhole', HALF),
  ...ISOLATIONS,
  ...OF_BOTH,
];

/**
 * What is claimed of a region of that body.
 * @param ratePerSecond of the rows at peak, on a machine that has not the processors for it; null for the designed peak
 */
export function tableRows(body: RunningRegion['body'], ratePerSecond: number | null = null): readonly TableRow[] {
  const rows = body === 'compose' ? OF_CONTAINERS : OF_PROCESSES;
  return ratePerSecond === null ? rows : rows.map((row) => atRate(row, ratePerSecond));
}

/** Orders per second of its runs, in a region of that designed peak. */
export function rateOf({ ratePerSecond, rateShare }: TableRow, peakPerSecond: number): number {
  return ratePerSecond ?? Math.round(peakPerSecond * rateShare);
}

/** Under a name of its own: what it shows counts for no other rate. */
function atRate(row: TableRow, ratePerSecond: number): TableRow {
  if (row.rateShare !== 1) return row;
  const title = row.title.includes('at peak') ? row.title.replace('at peak', `at ${ratePerSecond}/s`) : `${row.title}, at ${ratePerSecond}/s`;
  return { ...row, id: `${row.id}@${ratePerSecond}`, title, ratePerSecond };
}

function rotating(id: string, title: string, experiment: string, targets: readonly string[]): TableRow {
  const run: TableRow['run'] = (index) => {
    const target = targets[index % targets.length] as string;
    const document = documentOf(experiment);
    return { az: target.slice(0, target.indexOf('-')) as AvailabilityZone, document: { ...document, fault: { ...document.fault, target } } };
  };
  return { id, title, ...SHORT, rateShare: 1, ratePerSecond: null, run };
}

function atRest(id: string, title: string, experiment: string): TableRow {
  return { ...inTurn(id, title, experiment), rateShare: REST_SHARE_OF_PEAK };
}

/** Each run on the next AZ. */
function inTurn(id: string, title: string, experiment: string): TableRow {
  const run: TableRow['run'] = (index) => ({ az: AVAILABILITY_ZONES[index % AVAILABILITY_ZONES.length] as AvailabilityZone, document: documentOf(experiment) });
  return { id, title, ...SHORT, rateShare: 1, ratePerSecond: null, run };
}

function documentOf(id: string): ExperimentDocument {
  const document = experimentNamed(id);
  const stricter = id === 'az-power-loss' ? withMax(document, 'added_latency_ms', KILL_ADDED_MS_MAX) : document;
  return untilBalanced({ ...stricter, phases: { ...stricter.phases, ...PHASES } });
}
