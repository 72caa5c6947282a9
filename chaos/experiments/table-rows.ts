/**
 * The table of what Azimuth claims, row by row: which experiment, how often, on what. Rows are interleaved
 * when they are run, so that a table that was cut short still says something about every row.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { REST_SHARE_OF_PEAK } from '../embedded/rate.ts';
import { findExperiment } from './documents.ts';

export interface TableRow {
  id: string;
  title: string;
  runs: number;
  /** Share of the runs in which the bar on added latency must hold; every other bar must hold in all. */
  addedLatencyShareMin: number;
  /** Share of the designed peak. */
  rateShare: number;
  /** What run number `index` (0..) does. */
  run(index: number): { az: string; document: ExperimentDocument };
}

const FULL_RUNS = 10;
const SHORT_RUNS = 3;
/** Ten runs show nine of ten; of three, all must hold. */
const NINE_OF_TEN = 0.9;
/** Stricter than what a single run must keep, because one run in ten may exceed it. */
const KILL_ADDED_MS_MAX = 250;

/** Recovery always waits for balance, so that the next run begins on a whole region. */
const PHASES: ExperimentDocument['phases'] = { warmS: 3, baselineS: 10, faultS: 10, recoveryS: 10, balanceS: 61 };

export const TABLE_ROWS: readonly TableRow[] = [
  ...AVAILABILITY_ZONES.map((az) => atPeak(`kill-${az}`, `${az} killed at peak`, 'az-power-loss', az)),
  ...AVAILABILITY_ZONES.map((az) => atPeak(`freeze-${az}`, `${az} frozen at peak`, 'az-freeze', az)),
  rotating('kill-replica', 'one replica killed at peak', 'replica-loss', ['az1-kitchen-a', 'az2-storefront-b', 'az3-kitchen-b']),
  rotating('kill-dc', 'one data centre killed at peak', 'dc-loss', ['az1-dc1', 'az2-dc2', 'az3-dc1']),
  atRest('kill-rest', 'an AZ killed at rest', 'az-power-loss'),
  atRest('freeze-rest', 'an AZ frozen at rest', 'az-freeze'),
  control('kill-bare', 'control: an AZ killed, bare customers', 'az-power-loss-bare'),
  control('freeze-no-rescue', 'control: an AZ frozen, rescue off', 'az-freeze-no-rescue'),
];

function atPeak(id: string, title: string, experiment: string, az: string): TableRow {
  return { id, title, runs: FULL_RUNS, addedLatencyShareMin: NINE_OF_TEN, rateShare: 1, run: () => ({ az, document: documentOf(experiment) }) };
}

function rotating(id: string, title: string, experiment: string, targets: readonly string[]): TableRow {
  const run: TableRow['run'] = (index) => {
    const target = targets[index % targets.length] as string;
    const document = documentOf(experiment);
    return { az: target.slice(0, target.indexOf('-')), document: { ...document, fault: { ...document.fault, target } } };
  };
  return { id, title, runs: SHORT_RUNS, addedLatencyShareMin: 1, rateShare: 1, run };
}

function atRest(id: string, title: string, experiment: string): TableRow {
  return { ...control(id, title, experiment), rateShare: REST_SHARE_OF_PEAK };
}

function control(id: string, title: string, experiment: string): TableRow {
  const run: TableRow['run'] = (index) => ({ az: AVAILABILITY_ZONES[index % AVAILABILITY_ZONES.length] as string, document: documentOf(experiment) });
  return { id, title, runs: SHORT_RUNS, addedLatencyShareMin: 1, rateShare: 1, run };
}

function documentOf(id: string): ExperimentDocument {
  const document = findExperiment(id);
  if (document === undefined) throw new RangeError(`no experiment "${id}"`);
  const expect = id === 'az-power-loss' ? { ...document.expect, addedLatencyMsMax: KILL_ADDED_MS_MAX } : document.expect;
  return { ...document, expect, phases: PHASES, until: 'balanced' };
}
