/**
 * Decides whether a run's evidence can carry a verdict at all. Guards against the lucky PASS (nobody was in
 * the AZ, the laptop slept, half of the records are gone) and against blaming the region for the machine.
 *
 * - *untrusted*: the measurement is broken, so neither PASS nor FAIL can be said;
 * - *weak*: too little happened for a PASS, but a broken bar is still broken.
 */
import type { JournalEvent } from '#contracts/journal.ts';
import { PATIENCE_MS, SETTLED_MS, type CustomerRecord } from '#contracts/records.ts';
import { quantile } from './latency-quantiles.ts';
import type { OrderWindows } from './order-windows.ts';
import { allOf, type Interval, type RunFacts } from './run-facts.ts';
import { THRESHOLDS } from './thresholds.ts';

/** A customer waits a second; a record that spans a minute is damage. */
const RECORD_SPAN_MS_MAX = 60_000;
const CPU_STRETCH = 5;

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
  const { hostGapMsMax, generatorLagMsP99Max, cpuShareMax, skewMsMax, hostSamplesMissingMax } = THRESHOLDS;
  const reasons = [...facts.missing];
  if (unreadable > 0) reasons.push(`${unreadable} of the customers' records cannot be read.`);
  const lost = lostRecords(records);
  if (lost > 0) reasons.push(`${lost} of the customers' records are missing or there twice.`);
  for (const event of allOf(journal, 'evidence.lost')) reasons.push(`Evidence was lost: ${event.what}.`);
  if (facts.skewMs !== null && facts.skewMs > skewMsMax) {
    reasons.push(`The members were struck ${Math.round(facts.skewMs)} ms apart; a fault is one event up to ${skewMsMax} ms.`);
  }
  for (const event of allOf(journal, 'fault.lost')) reasons.push(`The fault ended before it was healed: ${event.reason}.`);
  for (const event of allOf(journal, 'given.lost')) reasons.push(`What was done to ${event.target} beforehand ended before the run: ${event.reason}.`);
  reasons.push(...offeredReasons(facts, windows));
  const { cpuMax, generatorLagMsP99, gapMsMax, samples } = hostOf(journal, facts, windows);
  if (gapMsMax > hostGapMsMax) reasons.push(`The host stood still for ${Math.round(gapMsMax)} ms; at most ${hostGapMsMax} ms may be lost.`);
  if (facts.measured !== null && samples < seconds(facts.measured) * (1 - hostSamplesMissingMax)) {
    reasons.push(`The host was sampled ${samples} times in ${Math.round(seconds(facts.measured))} s.`);
  }
  if (generatorLagMsP99 > generatorLagMsP99Max) {
    reasons.push(`The load generator was ${Math.round(generatorLagMsP99)} ms late (p99); at most ${generatorLagMsP99Max} ms may pass.`);
  }
  if (cpuMax > cpuShareMax) reasons.push(`The host's processors were ${percent(cpuMax)} busy for 5 s; at most ${percent(cpuShareMax)} leaves room to measure.`);
  return reasons;
}

/** Asked of a run whose measurement is sound: what is too little for a PASS, whatever the document demands. */
export function weakReasons({ fault }: OrderWindows): string[] {
  const { windowOrdersMin } = THRESHOLDS;
  return fault.length < windowOrdersMin ? [`The fault window holds ${fault.length} orders; fewer than ${windowOrdersMin} say little.`] : [];
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
  const all = allOf(journal, 'host.sampled').sort((one, other) => one.atMs - other.atMs);
  const samples = all.filter(({ atMs }) => facts.measured !== null && atMs >= facts.measured.fromMs && atMs <= facts.measured.toMs);
  const undisturbed = samples.filter(({ atMs }) => facts.healingMs === null || atMs < facts.healingMs).map(({ cpuShare }) => cpuShare);
  const lags = [...windows.orders, ...windows.menus].map((record) => record.sentMs - record.intendedMs).sort((one, other) => one - other);
  return {
    cpuMax: busiest(undisturbed),
    generatorLagMsP99: quantile(lags, 0.99) ?? 0,
    gapMsMax: [...samples, ...whileSettling(all, facts)].reduce((worst, { gapMs }) => Math.max(worst, gapMs), 0),
    samples: samples.length,
  };
}

/** The last orders settle after the measured stretch: a host that stands still then lets them fail. It tells with the next sample, whenever that comes. */
function whileSettling<Sample extends { atMs: number }>(sorted: readonly Sample[], { measured }: RunFacts): Sample[] {
  if (measured === null) return [];
  const { toMs } = measured;
  const after = sorted.filter(({ atMs }) => atMs > toMs);
  return after.filter(({ atMs }, index) => index === 0 || atMs <= toMs + SETTLED_MS);
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
    const stray = THRESHOLDS.offeredSigmas * (Math.sqrt(expected) + 1);
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
