/**
 * The run second by second, for whoever draws it: what customers offered and got, from which AZ and how fast, by the
 * intended send time, so that a region that stalls cannot shift its failures into a later second; and what host and
 * load generator did meanwhile. Second 0 begins with the fault, so that no second holds both sides of it.
 *
 * Only full seconds: a part of one would look like a dip.
 */
import { AVAILABILITY_ZONES, type AvailabilityZone, isAvailabilityZone } from '#contracts/labels.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import { LATE_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { quantile } from '#chaos/verdict/latency-quantiles.ts';
import { firstAttemptAz, latencyMs } from '#chaos/verdict/order-windows.ts';
import { allOf, type RunFacts } from '#chaos/verdict/run-facts.ts';

/** A figure for each second; null where there is none. */
type PerSecond = (number | null)[];

export interface SliSeries {
  /** Orders. Of an AZ, those whose first attempt went there; of all, every one. */
  offered: number[];
  /** Of an AZ, those that it answered. */
  answered: number[];
  /** Of an AZ, those whose first attempt went there, as far as an answer said so. */
  failed: number[];
  /** Answered, after 500 ms. */
  late: number[];
  /** Latency of the answered, milliseconds. */
  p50Ms: PerSecond;
  p99Ms: PerSecond;
  maxMs: PerSecond;
}

export interface RunSeries {
  /** Where second 0 begins: the fault, else the baseline. Wall clock, milliseconds since the epoch. */
  zeroMs: number;
  /** The first second that is shown, whole, negative before the fault. */
  firstS: number;
  seconds: number;
  total: SliSeries;
  byAz: Readonly<Record<AvailabilityZone, SliSeries>>;
  /** Of all answered orders of the second, those of the AZ, 0..1. */
  shareByAz: Readonly<Record<AvailabilityZone, PerSecond>>;
  menusFailed: number[];
  /** Share of all processors, 0..1, as sampled in the journal. */
  cpuShare: PerSecond;
  /** How late the generator handed requests to their sockets. */
  generatorLagMsP99: PerSecond;
}

/** One second of one AZ, or of all. */
interface Cell {
  offered: number;
  failed: number;
  late: number;
  latencies: number[];
}

/** Never throws; without a measured stretch it has no second. @param readable records that are no damage */
export function runSeries(readable: readonly CustomerRecord[], journal: readonly JournalEvent[], facts: RunFacts, arm: CustomerRecord['arm']): RunSeries {
  const { measured } = facts;
  const zeroMs = facts.faultMs ?? measured?.fromMs ?? 0;
  const firstS = measured === null ? 0 : Math.ceil((measured.fromMs - zeroMs) / 1000);
  const seconds = measured === null ? 0 : Math.max(0, Math.floor((measured.toMs - zeroMs) / 1000) - firstS);
  const secondOf = (atMs: number): number => Math.floor((atMs - zeroMs) / 1000) - firstS;
  const column = (): Cell[] => Array.from({ length: seconds }, () => ({ offered: 0, failed: 0, late: 0, latencies: [] }));
  const total = column();
  const cells = perAz(column);
  const menusFailed = Array.from({ length: seconds }, () => 0);
  const lags: number[][] = Array.from({ length: seconds }, () => []);
  for (const record of readable) {
    const second = secondOf(record.intendedMs);
    const all = total[second];
    if (all === undefined || record.arm !== arm) continue;
    lags[second]?.push(record.sentMs - record.intendedMs);
    if (record.kind === 'order') countOrder(record, second, all, cells);
    else if (!isAnswered(record)) menusFailed[second] = (menusFailed[second] ?? 0) + 1;
  }
  const byAz = perAz((az) => sli(cells[az]));
  return {
    zeroMs, firstS, seconds, byAz, menusFailed,
    total: sli(total),
    shareByAz: perAz((az) => total.map(({ latencies }, second) => (latencies.length === 0 ? null : (byAz[az].answered[second] ?? 0) / latencies.length))),
    cpuShare: cpuShares(journal, seconds, secondOf),
    generatorLagMsP99: lags.map((some) => quantile(ascending(some), 0.99)),
  };
}

function countOrder(record: CustomerRecord, second: number, all: Cell, cells: Readonly<Record<AvailabilityZone, Cell[]>>): void {
  const cellOf = (az: string | null): Cell | undefined => (az !== null && isAvailabilityZone(az) ? cells[az][second] : undefined);
  const first = cellOf(firstAttemptAz(record));
  for (const cell of [all, first]) if (cell !== undefined) cell.offered += 1;
  if (!isAnswered(record)) {
    for (const cell of [all, first]) if (cell !== undefined) cell.failed += 1;
    return;
  }
  const tookMs = latencyMs(record);
  for (const cell of [all, cellOf(record.az)]) {
    if (cell === undefined) continue;
    cell.latencies.push(tookMs);
    if (tookMs > LATE_MS) cell.late += 1;
  }
}

function sli(cells: readonly Cell[]): SliSeries {
  for (const { latencies } of cells) ascending(latencies);
  const at = (q: number): PerSecond => cells.map(({ latencies }) => quantile(latencies, q));
  return {
    offered: cells.map(({ offered }) => offered),
    answered: cells.map(({ latencies }) => latencies.length),
    failed: cells.map(({ failed }) => failed),
    late: cells.map(({ late }) => late),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
  };
}

/** A sample tells of the second before it. */
function cpuShares(journal: readonly JournalEvent[], seconds: number, secondOf: (atMs: number) => number): PerSecond {
  const shares: PerSecond = Array.from({ length: seconds }, () => null);
  for (const { atMs, cpuShare } of allOf(journal, 'host.sampled')) {
    const second = secondOf(atMs - 500);
    if (second >= 0 && second < seconds) shares[second] = Math.max(shares[second] ?? 0, cpuShare);
  }
  return shares;
}

function perAz<T>(of: (az: AvailabilityZone) => T): Record<AvailabilityZone, T> {
  return Object.fromEntries(AVAILABILITY_ZONES.map((az) => [az, of(az)])) as Record<AvailabilityZone, T>;
}

function ascending(values: number[]): number[] {
  return values.sort((one, other) => one - other);
}
