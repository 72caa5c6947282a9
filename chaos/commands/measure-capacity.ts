/**
 * `./azimuth run capacity`: says beforehand how long it takes, shows what it does, keeps each probe as it is
 * over, and ends with the knees, the rating and the designed peak that follow.
 */
import type { CapacityEvidence, CapacityProbe } from '#contracts/capacity.ts';
import { EXIT } from '#contracts/exit-codes.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { evidenceFolder } from '#kit/state-folder.ts';
import { commandText, pathForPeople } from '#kit/tool-container.ts';
import { designedPeak, ratedFromKnees, ratedFromModel, sameConditions } from '#policy/headroom.ts';
import { CHECKOUT } from '../embedded/checkout.ts';
import { PROBE_ORDERS, prober, type ProbeProgress } from '../experiments/capacity-probe.ts';
import { checkoutCommit } from '../experiments/checkout-commit.ts';
import { capacityConditions, forgetUnderway, readEvidence, writeEvidence } from '../capacity/known-capacity.ts';
import { estimateSeconds, measureCapacity } from '../experiments/measure-capacity.ts';
import { readyRegion } from '../experiments/precondition.ts';
import { createRegionApi } from '../experiments/region-api.ts';

/** Rated is a share of the knee; the search begins where the model sees it. */
const KNEE_OF_RATED = 1 / 0.8;
const LOG_MS = 10_000;

export interface MeasureAndReportOptions {
  running: RunningRegion;
  azs: readonly string[];
  seed: number;
  resume: boolean;
  json: boolean;
  signal: AbortSignal;
}

/** @throws CommandFailure NOT_READY before anything was done, ABORTED after Ctrl-C */
export async function measureAndReport({ running, azs, seed, resume, json, signal }: MeasureAndReportOptions): Promise<void> {
  const api = createRegionApi(running);
  const { status: before, region } = await readyRegion(api, 'capacity', signal);
  const folder = evidenceFolder(running);
  const conditions = capacityConditions(region, before.settings.ovens);
  const rated = ratedFromModel(conditions.ovensPerAz, conditions.bakeMeanMs);
  const guessPerSecond = rated * KNEE_OF_RATED;
  const usable = (which: 'finished' | 'underway'): CapacityProbe[] => {
    const earlier = readEvidence(folder, which);
    return earlier !== null && sameConditions(earlier.conditions, conditions) ? earlier.probes : [];
  };
  // Measured alone, an AZ keeps what is known of the others.
  const ofOthers = usable('finished').filter(({ az }) => !azs.includes(az));
  const known = resume ? [...ofOthers, ...usable('underway').filter(({ az }) => azs.includes(az))] : ofOthers;
  const orders = PROBE_ORDERS.toLocaleString('en-GB');
  progress(`Measuring ${azs.join(', ')}, the other AZs shifted away: each rate until ${orders} orders are answered.`);
  progress(`That takes about ${minutes(estimateSeconds(azs.length, guessPerSecond))}. Leave the machine alone meanwhile.`);
  const tell = narrator();
  try {
    const evidence = await measureCapacity({
      api, tryRate: prober(api, seed), azs, conditions, guessPerSecond, commit: checkoutCommit(CHECKOUT), known, signal, onProgress: tell,
      onProbe: (partial) => {
        writeEvidence(folder, partial, 'underway');
        for (const last of partial.probes.slice(-1)) progress(probeText(last));
      },
    });
    const path = writeEvidence(folder, evidence);
    forgetUnderway(folder);
    if (json) printJson(evidence);
    else printResult(summary(evidence, path));
  } catch (error) {
    if (!signal.aborted) throw error;
    const remedy = `Go on with "${commandText('run capacity --resume')}".`;
    throw new CommandFailure('The measurement was stopped; the probes that were over are kept.', EXIT.ABORTED, remedy);
  } finally {
    if (before.customers !== null) await api.traffic({ ratePerSecond: before.customers.ratePerSecond, arm: before.customers.arm }).catch(() => undefined);
  }
}

function narrator(): (az: string, ratePerSecond: number, count: number, state: ProbeProgress) => void {
  let lastMs = -Infinity;
  return (az, ratePerSecond, count, { orders, missed, remainingS }) => {
    if (performance.now() - lastMs < LOG_MS) return;
    lastMs = performance.now();
    progress(`${az}, probe ${count}: ${ratePerSecond}/s, ${orders} orders, ${missed} missed, ${remainingS} s to go`);
  };
}

function probeText({ az, ratePerSecond, held, missed, orders, latencyMsP99, cpuMax }: CapacityProbe): string {
  const found = `${missed} of ${orders} orders missed 500 ms, p99 ${latencyMsP99?.toFixed(0) ?? '?'} ms`;
  return `${az}: ${ratePerSecond}/s ${held ? 'holds' : 'does not hold'} (${found}, processors at most ${(cpuMax * 100).toFixed(0)} % busy).`;
}

function summary({ knees, conditions, probes }: CapacityEvidence, path: string): string {
  const known = AVAILABILITY_ZONES.flatMap((az) => knees[az] ?? []);
  const kneeText = (az: string): string =>
    knees[az] === undefined ? 'not measured' : `${knees[az]}/s after ${probes.filter((one) => one.az === az).length} probes`;
  const rated = ratedFromKnees(known);
  return [
    ...AVAILABILITY_ZONES.map((az) => `${az}  knee ${kneeText(az)}`),
    known.length === AVAILABILITY_ZONES.length
      ? `Rated ${rated}/s per AZ, designed peak ${designedPeak(rated, AVAILABILITY_ZONES.length)}/s ` +
        `(${conditions.ovensPerAz} ovens per AZ, ${conditions.bakeMeanMs} ms, ${conditions.cpuModel}).`
      : 'The rating needs the knee of every AZ; until then it comes from the model.',
    `Evidence: ${pathForPeople(path)}`,
  ].join('\n');
}

function minutes(seconds: number): string {
  return `${Math.max(1, Math.round(seconds / 60))} min`;
}
