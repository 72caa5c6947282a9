/**
 * Reports for tests: the staged run of the judge's tests as it is, and one that looks like a real machine's, with bakes
 * that scatter, an AZ that dies, a few orders that are caught by it, and a restart that takes the processors.
 */
import type { JournalEvent } from '#contracts/journal.ts';
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { VERDICT_SCHEMA, type AssertionResult, type Verdict } from '#contracts/verdict.ts';
import { worstVerdict } from '#contracts/exit-codes.ts';
import { createRandom, exponential, lognormal } from '#policy/random.ts';
import { judge } from '#chaos/verdict/judge.ts';
import { change, stagedDocument, stagedJournal, stagedRecords } from '#chaos/verdict/staged-run.fixture.ts';
import { reportOf, type Evidence, type Report } from './report.ts';

/** @param assertions in the place of those that the judge finds */
export function verdictOf(evidence: readonly Evidence[], assertions?: AssertionResult[]): Verdict {
  const runs = evidence.map(({ records, journal, document }) => ({ ...judge(records, journal, document), ...(assertions === undefined ? {} : { assertions }) }));
  return {
    schema: VERDICT_SCHEMA, experiment: evidence[0]?.document.id ?? 'staged', verdict: worstVerdict(runs.map((run) => run.verdict)), expected: 'PASS', seed: 7, region: 'azimuth', runs, notRun: [],
    replay: './azimuth run staged --all --rate 300 --seed 7',
  };
}

/** A report on staged evidence; each argument is seen by every record, or event, and may change it. */
export function stagedReport(changeRecord?: (record: CustomerRecord) => CustomerRecord, alter?: (event: JournalEvent) => JournalEvent | null, assertions?: AssertionResult[]): Report {
  const evidence = [{ document: stagedDocument, records: stagedRecords(changeRecord), journal: stagedJournal(alter) }];
  return reportOf(verdictOf(evidence, assertions), evidence);
}

export const heldAssertion: AssertionResult = {
  id: 'added-latency', metric: 'added_latency_ms', phase: 'fault', min: null, max: 500, observed: 142, unit: 'ms', samples: 3000, state: 'PASS',
  text: 'The fault added 142 ms to the slowest order; at most 500 ms may be added.',
};
export const brokenAssertion: AssertionResult = {
  id: 'failed-orders', metric: 'failed_orders', phase: null, min: null, max: 0, observed: 3, unit: 'orders', samples: 12_000, state: 'FAIL',
  text: '3 of 12000 orders failed; at most 0 may.',
};

export interface LifelikeRun {
  az: AvailabilityZone;
  seed: number;
  /** Orders per second. */
  rate: number;
  /** Seconds of the phases. */
  baselineS: number;
  faultS: number;
  recoveryS: number;
  /** How many of the orders that are under way in the AZ when it dies are lost. */
  lost: number;
}

const LIFELIKE: LifelikeRun = { az: 'az1', seed: 1, rate: 300, baselineS: 12, faultS: 18, recoveryS: 30, lost: 0 };
const EPOCH_MS = Date.UTC(2026, 10, 29, 19, 0, 0);
const RESTORE_MS = 2_100;
const SETTLED_MS = 11_400;

/** Evidence of a kill that looks like one on a machine: Poisson arrivals, lognormal bakes, a slow tail after the fault. */
export function lifelikeEvidence(some: Partial<LifelikeRun> = {}): Evidence {
  const { az, seed, rate, baselineS, faultS, recoveryS, lost } = { ...LIFELIKE, ...some };
  const random = createRandom(seed);
  const others = AVAILABILITY_ZONES.filter((one) => one !== az);
  const faultMs = EPOCH_MS + baselineS * 1000 + 40;
  const healingMs = faultMs + faultS * 1000;
  const restoredMs = healingMs + RESTORE_MS;
  const endMs = healingMs + recoveryS * 1000;
  const records: CustomerRecord[] = [];
  let toLose = lost;
  for (let intendedMs = EPOCH_MS - 3000; intendedMs < endMs + 1000; intendedMs += exponential(random, 1000 / rate)) {
    const sinceReturn = intendedMs - restoredMs - 800;
    const weight = intendedMs >= faultMs + 60 && sinceReturn < 0 ? 0 : intendedMs < faultMs + 60 ? 1 / 3 : Math.min(1 / 3, (sinceReturn / SETTLED_MS) * 0.36);
    const home = random() < weight ? az : (others[random() < 0.5 ? 0 : 1] ?? az);
    for (const kind of ['menu', 'order'] as const) {
      const crowded = intendedMs > faultMs && intendedMs < restoredMs + 1500;
      const bakeMs = kind === 'order' ? lognormal(random, 80, 0.5) : null;
      const sentMs = intendedMs + exponential(random, crowded ? 0.9 : 0.4);
      const answeredMs = sentMs + 3 + exponential(random, crowded ? 6 : 2) + (bakeMs ?? 0);
      const hit = home === az && answeredMs > faultMs && intendedMs < faultMs + 60;
      const isLost = hit && kind === 'order' && toLose > 0;
      if (isLost) toLose -= 1;
      records.push({
        seq: records.length + 1, kind, arm: 'balanced', intendedMs, sentMs,
        answeredMs: isLost ? null : answeredMs + (hit ? 60 + exponential(random, 40) : 0),
        status: isLost ? null : kind === 'order' ? 201 : 200,
        az: isLost ? null : hit ? (others[0] ?? null) : home,
        retried: hit && !isLost ? az : null,
        bakeMs: isLost ? null : bakeMs,
        bakedIn: kind === 'order' && !isLost ? (hit ? (others[0] ?? null) : home) : null,
      });
    }
  }
  return { document: { ...stagedDocument, id: 'az-power-loss', title: 'An AZ loses power', hypothesis: { ...stagedDocument.hypothesis, text: 'When everything in an AZ is killed at peak, no customer request fails, and none when the AZ returns.' }, until: 'balanced', phases: { warmMs: 3000, baselineMs: baselineS * 1000, faultMs: faultS * 1000, recoveryMs: recoveryS * 1000 } }, records, journal: lifelikeJournal({ az, seed, rate, faultMs, healingMs, restoredMs, endMs }, random) };
}

interface Moments {
  az: AvailabilityZone;
  seed: number;
  rate: number;
  faultMs: number;
  healingMs: number;
  restoredMs: number;
  endMs: number;
}

function lifelikeJournal({ az, seed, rate, faultMs, healingMs, restoredMs, endMs }: Moments, random: () => number): JournalEvent[] {
  const members = ['link', 'load-balancer', 'storefront-a', 'storefront-b', 'kitchen-a', 'kitchen-b'].map((name) => `${az}-${name}`);
  const opinion = (atMs: number, type: 'target.probe-failed' | 'target.ejected' | 'target.returned', balancer: string, upstream: string, name: string): JournalEvent => change(atMs, type, balancer, upstream, `${az}-${name}`, az);
  const others = AVAILABILITY_ZONES.filter((one) => one !== az);
  const journal: JournalEvent[] = [
    { type: 'run.started', atMs: EPOCH_MS - 3100, region: 'azimuth', body: 'compose', az, seed, ratePerSecond: rate, capacity: { ratedPerAz: 150, source: 'measured' }, commit: '7f992905e1b24f1a8c0d3b4e5f60718293a4b5c6' },
    { type: 'host.described', atMs: EPOCH_MS - 3050, processor: 'AMD EPYC 7B13 × 2', memoryBytes: 8_340_000_000, system: 'Linux 6.1.0', node: 'v24.9.0' },
    { type: 'phase.started', atMs: EPOCH_MS - 3000, phase: 'warm' },
    { type: 'phase.started', atMs: EPOCH_MS, phase: 'baseline' },
    { type: 'phase.started', atMs: faultMs - 8, phase: 'fault' },
    { type: 'fault.injected', atMs: faultMs + 31, startedMs: faultMs, skewMs: 11.4, id: 'f3', verb: 'kill', target: az, detail: {}, members },
    opinion(faultMs + 63, 'target.probe-failed', 'front-door', 'load-balancer', 'load-balancer'),
    opinion(faultMs + 71, 'target.ejected', 'front-door', 'load-balancer', 'load-balancer'),
    ...others.map((other) => opinion(faultMs + 160 + random() * 90, 'target.ejected', `${other}-load-balancer`, 'storefront', 'storefront-a')),
    { type: 'phase.started', atMs: healingMs, phase: 'recovery' },
    { type: 'fault.healed', acknowledgedMs: healingMs + 12, atMs: restoredMs, healed: members, remains: [] },
    opinion(restoredMs + 640, 'target.returned', 'front-door', 'load-balancer', 'load-balancer'),
    { type: 'kitchens.counted', atMs: endMs, bakedTwice: 4 },
    { type: 'run.ended', atMs: endMs },
  ];
  for (let atMs = EPOCH_MS - 2500; atMs <= endMs; atMs += 1000) {
    const requests = Math.round(((atMs - EPOCH_MS + 3000) / 1000) * rate * 2);
    const cpuShare = atMs > healingMs && atMs < restoredMs ? 0.93 + random() * 0.05 : 0.52 + random() * 0.08;
    journal.push({ type: 'host.sampled', atMs, cpuShare, gapMs: 3 + random() * 20, frontDoor: { requests, attempts: requests + (atMs > faultMs ? 14 : 0) } });
  }
  return journal;
}

/** A report on lifelike runs, one for each that is given. */
export function lifelikeReport(...runs: readonly Partial<LifelikeRun>[]): Report {
  const evidence = runs.map((run) => lifelikeEvidence(run));
  return reportOf({ ...verdictOf(evidence), replay: './azimuth run az-power-loss --all --until balanced --rate 300 --seed 1' }, evidence);
}
