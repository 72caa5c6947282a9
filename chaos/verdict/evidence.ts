/**
 * Decides whether a run's evidence can carry a verdict at all. Guards against the lucky PASS (nobody was in
 * the AZ, the laptop slept, half of the records are gone) and against blaming the region for the machine.
 *
 * - *untrusted*: the measurement is broken, so neither PASS nor FAIL can be said;
 * - *weak*: too little happened for a PASS, but a broken bar is still broken.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import { PATIENCE_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { VerdictRun } from '#contracts/verdict.ts';
import { quantile } from './latency-quantiles.ts';
import type { OrderWindows } from './order-windows.ts';
import { allOf, type Interval, type RunFacts } from './run-facts.ts';

/** A second in which nothing on this machine ran hides a second of outage. */
const HOST_GAP_MS_MAX = 1000;
/** Later than a tenth of the customers' patience, the load is no open loop any more. */
const GENERATOR_LAG_MS_P99_MAX = 100;
/** Over 5 s before and during the fault. The restart of an AZ takes all processors for a moment; that is no fault of the run. */
const CPU_SHARE_MAX = 0.97;
/** A fault is one event. An AZ that dies over longer than that dies several times, and each is easier to survive. */
const SKEW_MS_MAX = 1500;
/** A customer waits a second; a record that spans a minute is damage. */
const RECORD_SPAN_MS_MAX = 60_000;
/** So many that their p99.9 is one of them and not the slowest by definition. */
export const BASELINE_ORDERS_MIN = 1000;
const FAULT_ORDERS_MIN = 100;
const CPU_STRETCH = 5;
/** Arrivals are Poisson: a count strays by its square root, and by six of them once in a billion runs. */
const SIGMAS = 6;

/** What a customers process can have written; anything else is damage. Takes values of any shape. */
export function isReadable(record: CustomerRecord): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const { seq, kind, arm, intendedMs, sentMs, answeredMs, status, bakeMs } = record;
  if (!Number.isInteger(seq) || !Number.isFinite(intendedMs) || !isWithinSpan(sentMs, intendedMs)) return false;
  if ((kind !== 'order' && kind !== 'menu') || (arm !== 'balanced' && arm !== 'bare')) return false;
  if (![record.az, record.retried, record.bakedIn].every(isTextOrNull)) return false;
  if (answeredMs !== null && !isWithinSpan(answeredMs, sentMs)) return false;
  if (status !== null && !Number.isInteger(status)) return false;
  if (bakeMs === null) return true;
  // An oven time longer than the answer took would hide latency.
  return Number.isFinite(bakeMs) && bakeMs >= 0 && answeredMs !== null && bakeMs <= answeredMs - sentMs + 5;
}

/** @param unreadable how many more records there were */
export function untrustedReasons(
  records: readonly CustomerRecord[], unreadable: number, journal: readonly JournalEvent[], facts: RunFacts, windows: OrderWindows,
): string[] {
  const reasons = [...facts.missing];
  if (unreadable > 0) reasons.push(`${unreadable} of the customers' records cannot be read.`);
  const lost = lostRecords(records);
  if (lost > 0) reasons.push(`${lost} of the customers' records are missing or there twice.`);
  for (const event of allOf(journal, 'evidence.lost')) reasons.push(`Evidence was lost: ${event.what}.`);
  if (facts.skewMs !== null && facts.skewMs > SKEW_MS_MAX) {
    reasons.push(`The members were struck ${Math.round(facts.skewMs)} ms apart; a fault is one event up to ${SKEW_MS_MAX} ms.`);
  }
  for (const event of allOf(journal, 'fault.lost')) reasons.push(`The fault ended before it was healed: ${event.reason}.`);
  for (const event of allOf(journal, 'given.lost')) reasons.push(`What was done to ${event.target} beforehand ended before the run: ${event.reason}.`);
  for (const event of [...allOf(journal, 'fault.healed'), ...allOf(journal, 'given.healed')]) {
    for (const { name, reason } of event.remains) reasons.push(`${name} could not be healed: ${reason}.`);
  }
  reasons.push(...offeredReasons(facts, windows));
  const { cpuMax, generatorLagMsP99, gapMsMax, samples } = hostOf(journal, facts, windows);
  if (gapMsMax > HOST_GAP_MS_MAX) reasons.push(`The host stood still for ${Math.round(gapMsMax)} ms; at most ${HOST_GAP_MS_MAX} ms may be lost.`);
  if (facts.measured !== null && samples < seconds(facts.measured) / 2) {
    reasons.push(`The host was sampled ${samples} times in ${Math.round(seconds(facts.measured))} s.`);
  }
  if (generatorLagMsP99 > GENERATOR_LAG_MS_P99_MAX) {
    reasons.push(`The load generator was ${Math.round(generatorLagMsP99)} ms late (p99); at most ${GENERATOR_LAG_MS_P99_MAX} ms may pass.`);
  }
  if (cpuMax > CPU_SHARE_MAX) reasons.push(`The host's processors were ${percent(cpuMax)} busy for 5 s; at most ${percent(CPU_SHARE_MAX)} leaves room to measure.`);
  return reasons;
}

/** Asked of a run whose measurement is sound. */
export function weakReasons(
  windows: OrderWindows, document: ExperimentDocument,
  figures: Pick<VerdictRun, 'touched' | 'attemptsPerRequest' | 'addedLatencyMsMax' | 'crossingOrdersPerSecond'>,
): string[] {
  const reasons: string[] = [];
  const { expect, crossingOrdersPerSecondMin } = document;
  if (figures.touched === 0) reasons.push('No order was touched by the fault, so the run proves nothing.');
  const crossing = figures.crossingOrdersPerSecond ?? 0;
  if (crossingOrdersPerSecondMin !== null && crossing < crossingOrdersPerSecondMin) {
    reasons.push(`${crossing.toFixed(1)} orders/s crossed the way before it was broken; fewer than ${crossingOrdersPerSecondMin} prove nothing.`);
  }
  if (expect.addedLatencyMsMax !== null) {
    if (windows.baseline.length < BASELINE_ORDERS_MIN) reasons.push(`The baseline holds ${windows.baseline.length} orders; a p99.9 needs ${BASELINE_ORDERS_MIN}.`);
    const unbaked = windows.baseline.filter((record) => isAnswered(record) && record.bakeMs === null).length;
    if (unbaked > windows.baseline.length / 1000) reasons.push(`${unbaked} answered orders of the baseline do not say how long they were in the oven.`);
    if (figures.addedLatencyMsMax === null) reasons.push('What the fault added to the latency cannot be told.');
  }
  if (windows.fault.length < FAULT_ORDERS_MIN) reasons.push(`The fault window holds ${windows.fault.length} orders; fewer than ${FAULT_ORDERS_MIN} say little.`);
  if (expect.attemptsPerRequestMax !== null && figures.attemptsPerRequest === null) reasons.push("The front door's attempts per request are not known.");
  return reasons;
}

interface HostFigures {
  /** Share of all processors, 0..1, until healing began. */
  cpuMax: number;
  generatorLagMsP99: number;
  gapMsMax: number;
  samples: number;
}

/** What the host and the generator did to the measurement. */
export function hostOf(journal: readonly JournalEvent[], facts: RunFacts, windows: OrderWindows): HostFigures {
  const samples = allOf(journal, 'host.sampled').filter(({ atMs }) => facts.measured !== null && atMs >= facts.measured.fromMs && atMs <= facts.measured.toMs);
  const undisturbed = samples.filter(({ atMs }) => facts.healingMs === null || atMs < facts.healingMs).map(({ cpuShare }) => cpuShare);
  const lags = [...windows.orders, ...windows.menus].map((record) => record.sentMs - record.intendedMs).sort((one, other) => one - other);
  return {
    cpuMax: busiest(undisturbed),
    generatorLagMsP99: quantile(lags, 0.99) ?? 0,
    gapMsMax: samples.reduce((worst, { gapMs }) => Math.max(worst, gapMs), 0),
    samples: samples.length,
  };
}

function offeredReasons(facts: RunFacts, windows: OrderWindows): string[] {
  const { measured, faultWindow, ratePerSecond } = facts;
  if (measured === null || faultWindow === null) return [];
  const settledMs = faultWindow.fromMs - PATIENCE_MS;
  const parts: [string, number, number][] = [
    ['orders', windows.orders.length, seconds(measured)],
    ['menu reads', windows.menus.length, seconds(measured)],
    ['orders during the fault', windows.fault.filter((record) => record.intendedMs >= faultWindow.fromMs).length, seconds(faultWindow)],
    ['orders before the fault', windows.baseline.filter((record) => record.intendedMs < settledMs).length, Math.max(0, settledMs - measured.fromMs) / 1000],
  ];
  return parts.flatMap(([what, offered, lengthS]) => {
    const expected = ratePerSecond * lengthS;
    const stray = SIGMAS * Math.sqrt(expected) + SIGMAS;
    if (expected > 0 && Math.abs(offered - expected) <= stray) return [];
    return [`Customers offered ${offered} ${what} where the schedule wanted about ${Math.round(expected)}.`];
  });
}

/** Sequence numbers of one customers process are without gaps; a restart or a lost stretch shows as one. */
function lostRecords(records: readonly CustomerRecord[]): number {
  const seqs = records.map((record) => record.seq).sort((one, other) => one - other);
  let lost = 0;
  for (let index = 1; index < seqs.length; index += 1) lost += Math.abs((seqs[index] as number) - (seqs[index - 1] as number) - 1);
  return lost;
}

/** Highest mean over {@link CPU_STRETCH} samples in a row. */
function busiest(shares: readonly number[]): number {
  const width = Math.min(CPU_STRETCH, shares.length);
  let worst = 0;
  for (let end = width; width > 0 && end <= shares.length; end += 1) {
    worst = Math.max(worst, shares.slice(end - width, end).reduce((sum, share) => sum + share, 0) / width);
  }
  return worst;
}

function seconds(stretch: Interval): number {
  return (stretch.toMs - stretch.fromMs) / 1000;
}

/** Clocks of one process, read a moment apart, may differ by rounding. */
function isWithinSpan(laterMs: number, earlierMs: number): boolean {
  return laterMs >= earlierMs - 1 && laterMs <= earlierMs + RECORD_SPAN_MS_MAX;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
