/**
 * `./azimuth run capacity`: has the controller search, shows what it does, keeps each probe as it is over, and ends with the
 * knees, the rating and the designed peak that follow.
 */
import { CAPACITY_SCHEMA, type CapacityEvidence, type CapacityProbe } from '#contracts/capacity.ts';
import { EXIT } from '#contracts/exit-codes.ts';
import type { KneeSearchDocument } from '#contracts/experiment.ts';
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { RunEvent, SearchRequest } from '#contracts/runs.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { evidenceFolder } from '#kit/state-folder.ts';
import { commandText, pathForPeople } from '#kit/tool-container.ts';
import { designedPeak, ratedFromKnees } from '#policy/headroom.ts';
import { forgetUnderway, readEvidence, writeEvidence } from '../capacity/known-capacity.ts';
import { beginSearch, fetchReport, followRun, lookAtRun } from '../client/controller-run.ts';
import { CHECKOUT } from '../embedded/checkout.ts';
import { checkoutCommit } from '../experiments/checkout-commit.ts';

const LOG_MS = 10_000;
/** In the report of a search. */
const EVIDENCE_FILE = 'capacity.json';

export interface MeasureAndReportOptions {
  running: RunningRegion;
  document: KneeSearchDocument;
  azs: readonly AvailabilityZone[];
  seed: number;
  resume: boolean;
  json: boolean;
  /** Ends the search; the AZs are put back in rotation first. */
  signal: AbortSignal;
}

/** @throws CommandFailure NOT_READY before anything was done, ABORTED after Ctrl-C */
export async function measureAndReport({ running, document, azs, seed, resume, json, signal }: MeasureAndReportOptions): Promise<void> {
  const folder = evidenceFolder(running);
  const { id } = await beginSearch(running, { document, azs: [...azs], seed, attached: true, commit: checkoutCommit(CHECKOUT), known: knownProbes(folder, azs, resume) });
  const tell = narrator();
  const end = await followRun(running, id, signal, (event) => {
    if (event.type === 'run.told') progress(event.text);
    else if (event.type === 'probe.going') tell(event);
    else if (event.type === 'probe.done') {
      writeEvidence(folder, event.evidence, 'underway');
      for (const last of event.evidence.probes.slice(-1)) progress(probeText(last));
    }
  });
  if (end.trouble !== null) {
    const goOn = end.outcome === 'ABORTED' ? `Go on with "${commandText('run capacity --resume')}".` : undefined;
    throw new CommandFailure(end.trouble.message, EXIT[end.outcome], end.trouble.hint ?? goOn);
  }
  const evidence = await evidenceOf(running, id);
  const path = writeEvidence(folder, evidence);
  forgetUnderway(folder);
  if (json) printJson(evidence);
  else printResult(summary(evidence, path));
}

/** Measured alone, an AZ keeps what is known of the others. The controller knows which of it was measured under the conditions of now. */
function knownProbes(folder: string, azs: readonly AvailabilityZone[], resume: boolean): NonNullable<SearchRequest['known']> {
  const of = (which: 'finished' | 'underway', isWanted: (az: AvailabilityZone) => boolean): NonNullable<SearchRequest['known']> => {
    const earlier = readEvidence(folder, which);
    return earlier === null ? [] : [{ conditions: earlier.conditions, probes: earlier.probes.filter(({ az }) => isWanted(az)) }];
  };
  return [...of('finished', (az) => !azs.includes(az)), ...(resume ? of('underway', (az) => azs.includes(az)) : [])];
}

/** @throws CommandFailure ERROR where the controller does not have it */
async function evidenceOf(running: RunningRegion, id: string): Promise<CapacityEvidence> {
  const bytes = (await fetchReport(running, await lookAtRun(running, id))).get(EVIDENCE_FILE);
  const evidence = bytes === undefined ? null : (JSON.parse(bytes.toString('utf8')) as CapacityEvidence);
  if (evidence?.schema !== CAPACITY_SCHEMA) throw new CommandFailure(`Run ${id} left no evidence of capacity.`, EXIT.ERROR, `"${commandText('runs')}" shows it.`);
  return evidence;
}

function narrator(): (event: Extract<RunEvent, { type: 'probe.going' }>) => void {
  let lastMs = -Infinity;
  return ({ az, ratePerSecond, probe, orders, missed, remainingS }) => {
    if (performance.now() - lastMs < LOG_MS) return;
    lastMs = performance.now();
    progress(`${az}, probe ${probe}: ${ratePerSecond}/s, ${orders} orders, ${missed} missed, ${remainingS} s to go`);
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
