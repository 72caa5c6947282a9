/**
 * A run as it would be recorded, for tests: evenly spaced orders and menu reads over a baseline, a kill of
 * az1 and its return, with figures that are known because they are chosen here. Tests change what they are
 * about and leave the rest sound.
 */
import type { ExperimentMetric } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { StampedEvent } from '#contracts/events.ts';

/** Wall clock of the staged runs, milliseconds. */
export const START_MS = 1_000_000;
export const FAULT_MS = START_MS + 10_000;
export const HEALING_MS = FAULT_MS + 10_000;
const RESTORED_MS = HEALING_MS + 2_000;
export const END_MS = HEALING_MS + 20_000;
export const RATE = 300;

const AZS = ['az1', 'az2', 'az3'] as const;
const BAKE_MS = 80;

export const stagedDocument: ExperimentDocument = {
  kind: 'Experiment',
  id: 'staged',
  title: 'A staged run',
  hypothesis: { text: 'Nobody notices.', windowMs: 5_000, slis: [{ metric: 'success', min: 0.999, max: null }, { metric: 'p99_ms', min: null, max: 500 }] },
  azs: ['az1', 'az2', 'az3'],
  rate: RATE,
  arm: 'balanced',
  settings: {},
  headroom: 'required',
  given: [],
  fault: { verb: 'kill', target: '${{ matrix.az }}' },
  guardrails: [],
  maxDurationMs: null,
  phases: { warmMs: 1_000, baselineMs: 10_000, faultMs: 10_000, recoveryMs: 20_000 },
  until: null,
  assertions: [
    { id: 'orders', metric: 'failed_orders', phase: null, min: null, max: 0 },
    { id: 'menus', metric: 'failed_menus', phase: null, min: null, max: 0 },
    { id: 'added', metric: 'added_latency_ms', phase: 'fault', min: null, max: 250 },
    { id: 'moved', metric: 'moved_ms', phase: 'fault', min: null, max: 500 },
    { id: 'attempts', metric: 'attempts_per_request', phase: null, min: null, max: 1.1 },
    { id: 'balanced', metric: 'time_to_balanced', phase: 'recovery', min: null, max: 60_000 },
  ],
  expect: 'PASS',
};

/** The same document without its assertions on these metrics. */
export function without(document: ExperimentDocument, ...metrics: ExperimentMetric[]): ExperimentDocument {
  return { ...document, assertions: document.assertions.filter(({ metric }) => !metrics.includes(metric)) };
}

/**
 * What customers wrote down: az1 takes a third until the fault and again from 3 s after its return. Orders
 * under way in az1 when it dies, and the first 100 ms of those sent after, are answered by az2 after 200 ms more.
 */
export function stagedRecords(change: (record: CustomerRecord) => CustomerRecord = (record) => record): CustomerRecord[] {
  const records: CustomerRecord[] = [];
  const count = ((END_MS - START_MS) / 1000) * RATE;
  for (let index = 0; index < count; index += 1) {
    const intendedMs = START_MS + (index * 1000) / RATE;
    for (const kind of ['menu', 'order'] as const) records.push(change({ ...served(kind, index, intendedMs), seq: records.length + 1 }));
  }
  return records;
}

function served(kind: 'order' | 'menu', index: number, intendedMs: number): CustomerRecord {
  const spread = index % 8;
  const bakeMs = kind === 'order' ? BAKE_MS + spread : null;
  const sentMs = intendedMs + 0.5;
  const plain = sentMs + 4 + (bakeMs ?? 0);
  const az1IsGone = intendedMs >= FAULT_MS + 100 && intendedMs < RESTORED_MS + 3_000;
  const az = AZS[az1IsGone ? 1 + (index % 2) : index % 3] as string;
  const hit = az === 'az1' && plain > FAULT_MS && intendedMs < FAULT_MS + 100;
  return {
    seq: 0, kind, arm: 'balanced', intendedMs, sentMs, status: kind === 'order' ? 201 : 200, bakeMs,
    answeredMs: hit ? plain + 200 : plain,
    az: hit ? 'az2' : az,
    retried: hit ? 'az1' : null,
    bakedIn: kind === 'order' ? (hit ? 'az2' : az) : null,
  };
}

type OpinionChange = 'target.probe-failed' | 'target.ejected' | 'target.returned';

/** A balancer's word on a target of az1, or of the zone that is given. */
export const change = (atMs: number, type: OpinionChange, balancer: string, upstream: string, target: string, zone = 'az1'): JournalEvent => ({
  type: 'balancer.changed',
  atMs,
  az: /^az\d/.exec(balancer)?.[0] ?? null,
  event: { type, target, zone, reason: type === 'target.returned' ? 'probe-ok' : 'probe-refused', atMs, balancer, upstream, seq: atMs } satisfies StampedEvent,
});

/** The journal of the same run; `alter` sees every event and may drop it by returning null. */
export function stagedJournal(alter: (event: JournalEvent) => JournalEvent | null = (event) => event): JournalEvent[] {
  const journal: JournalEvent[] = [
    { type: 'run.started', atMs: START_MS - 1000, region: 'azimuth', az: 'az1', seed: 7, ratePerSecond: RATE, capacity: { ratedPerAz: 150, source: 'model' }, commit: null },
    { type: 'phase.started', atMs: START_MS - 1000, phase: 'warm' },
    { type: 'phase.started', atMs: START_MS, phase: 'baseline' },
    { type: 'phase.started', atMs: FAULT_MS - 5, phase: 'fault' },
    { type: 'fault.injected', atMs: FAULT_MS + 20, startedMs: FAULT_MS, skewMs: 4, id: 'f1', verb: 'kill', target: 'az1', detail: {}, members: ['az1-load-balancer', 'az1-storefront-a', 'az1-kitchen-a'] },
    change(FAULT_MS + 90, 'target.probe-failed', 'front-door', 'load-balancer', 'az1-load-balancer'),
    change(FAULT_MS + 95, 'target.ejected', 'front-door', 'load-balancer', 'az1-load-balancer'),
    change(FAULT_MS + 300, 'target.ejected', 'az2-load-balancer', 'storefront', 'az1-storefront-a'),
    { type: 'phase.started', atMs: HEALING_MS, phase: 'recovery' },
    change(RESTORED_MS + 900, 'target.returned', 'front-door', 'load-balancer', 'az1-load-balancer'),
    { type: 'fault.healed', acknowledgedMs: HEALING_MS, atMs: RESTORED_MS, healed: ['az1-load-balancer', 'az1-storefront-a', 'az1-kitchen-a'], remains: [] },
    { type: 'kitchens.counted', atMs: END_MS, bakedTwice: 3 },
    { type: 'run.ended', atMs: END_MS },
  ];
  for (let atMs = START_MS - 1000; atMs <= END_MS; atMs += 1000) {
    const requests = ((atMs - START_MS + 1000) / 1000) * RATE * 2;
    journal.push({ type: 'host.sampled', atMs, cpuShare: 0.5, gapMs: 12, frontDoor: { requests, attempts: requests + (atMs > FAULT_MS ? 60 : 0) } });
  }
  return journal.flatMap((event) => alter(event) ?? []);
}
