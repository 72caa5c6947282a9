/**
 * Measures the knee of each AZ by probing rates with the other AZs shifted away, and keeps every probe as
 * soon as it is over, so that a measurement of half an hour survives a Ctrl-C. Shifts live on leases of 10 s:
 * when this process dies, the AZs are back in rotation by themselves.
 */
import type { CapacityConditions, CapacityEvidence, CapacityProbe } from '#contracts/capacity.ts';
import { CAPACITY_SCHEMA } from '#contracts/capacity.ts';
import { EXPERIMENT_LEASE_MS } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';
import { probeSeconds, type ProbeProgress, type TryRate } from './capacity-probe.ts';
import { nextStep } from './knee-search.ts';
import type { RegionApi } from './region-api.ts';

const RENEW_MS = 3_000;
/** What a search takes when the model's guess is about right, some of them given up early. */
const PROBES_PER_AZ = 6;

export interface MeasureOptions {
  api: Pick<RegionApi, 'break' | 'renew' | 'healFault'>;
  tryRate: TryRate;
  azs: readonly AvailabilityZone[];
  conditions: CapacityConditions;
  /** Where the search begins, orders per second. */
  guessPerSecond: number;
  commit: string | null;
  /** What an earlier measurement under the same conditions knows. */
  known: readonly CapacityProbe[];
  signal: AbortSignal;
  onProbe: (evidence: CapacityEvidence) => void;
  onProgress: (az: AvailabilityZone, ratePerSecond: number, count: number, progress: ProbeProgress) => void;
}

/** Rejects when it is stopped by hand or the region fails; what was probed until then went to `onProbe`. */
export async function measureCapacity(options: MeasureOptions): Promise<CapacityEvidence> {
  const evidence: CapacityEvidence = {
    schema: CAPACITY_SCHEMA, conditions: options.conditions, probes: [...options.known], knees: {}, commit: options.commit, date: new Date().toISOString(),
  };
  for (const az of options.azs) {
    const of = (): CapacityProbe[] => evidence.probes.filter((one) => one.az === az);
    if (nextStep(of(), options.guessPerSecond).done) continue;
    const giveBack = await takeOthersOut(options.api, az, options.signal);
    try {
      for (let step = nextStep(of(), options.guessPerSecond); !step.done; step = nextStep(of(), options.guessPerSecond)) {
        const { ratePerSecond } = step;
        const count = of().length + 1;
        evidence.probes.push(await options.tryRate(az, ratePerSecond, giveBack.signal, (progress) => options.onProgress(az, ratePerSecond, count, progress)));
        evidence.date = new Date().toISOString();
        options.onProbe(withKnees(evidence, options));
      }
    } finally {
      await giveBack.end();
    }
  }
  return withKnees(evidence, options);
}

/** Seconds that are left, when every search takes {@link PROBES_PER_AZ} probes and half of them are given up early. */
export function estimateSeconds(azs: number, guessPerSecond: number): number {
  return Math.round(azs * PROBES_PER_AZ * 0.7 * probeSeconds(guessPerSecond));
}

function withKnees(evidence: CapacityEvidence, { guessPerSecond }: MeasureOptions): CapacityEvidence {
  const knees: Record<string, number> = {};
  for (const az of new Set(evidence.probes.map((one) => one.az))) {
    const step = nextStep(evidence.probes.filter((one) => one.az === az), guessPerSecond);
    if (step.done) knees[az] = step.kneePerSecond;
  }
  return { ...evidence, knees };
}

/** The signal is aborted when it is stopped by hand or a shift cannot be kept: then a probe measures nothing. */
async function takeOthersOut(api: MeasureOptions['api'], az: string, stopped: AbortSignal): Promise<{ signal: AbortSignal; end: () => Promise<void> }> {
  const lost = new AbortController();
  const ids: string[] = [];
  const renewal = setInterval(() => {
    for (const id of ids) void api.renew(id, EXPERIMENT_LEASE_MS).catch((error: unknown) => lost.abort(error));
  }, RENEW_MS);
  const end = async (): Promise<void> => {
    clearInterval(renewal);
    // What cannot be ended now ends with its lease.
    await Promise.all(ids.map((id) => api.healFault(id).catch(() => undefined)));
  };
  try {
    for (const other of AVAILABILITY_ZONES.filter((one) => one !== az)) {
      ids.push((await api.break({ verb: 'shift', target: other, leaseMs: EXPERIMENT_LEASE_MS, reason: `capacity of ${az}`, holder: 'suite', by: `capacity ${az}` })).id);
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { signal: AbortSignal.any([stopped, lost.signal]), end };
}
