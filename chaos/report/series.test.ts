import { describe, expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import { readFacts } from '#chaos/verdict/run-facts.ts';
import { FAULT_MS, RATE, START_MS, stagedDocument, stagedJournal, stagedRecords } from '#chaos/verdict/staged-run.fixture.ts';
import { runSeries } from './series.ts';

const seriesOf = (records: readonly CustomerRecord[] = stagedRecords(), journal = stagedJournal()) => runSeries(records, journal, readFacts(journal, stagedDocument), stagedDocument.arm);
const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

describe('a run second by second', () => {
  test('begins second 0 with the fault', () => {
    const series = seriesOf();
    expect(series).toMatchObject({ zeroMs: FAULT_MS, firstS: -10, seconds: 40 });
    expect(new Set(series.total.offered)).toEqual(new Set([RATE]));
    expect(sum(series.total.answered)).toBe(12_000);
  });

  test('counts by the time at which an order was intended, not answered', () => {
    const late = seriesOf(stagedRecords((record) => (record.intendedMs >= FAULT_MS + 5_990 && record.intendedMs < FAULT_MS + 6_000 ? { ...record, answeredMs: record.intendedMs + 990 } : record)));
    expect(late.total.late[15]).toBe(3);
    expect(late.total.late[16]).toBe(0);
    expect(late.total.maxMs[15]).toBeCloseTo(990);
  });

  test('gives a failed order to the AZ that it was first sent to, an answered one to the AZ that answered', () => {
    const series = seriesOf();
    // The first 100 ms after the fault: sent to az1, answered by az2.
    expect(series.byAz.az1.offered[10]).toBe(10);
    expect(series.byAz.az1.answered[10]).toBe(0);
    expect(sum([series.byAz.az2.answered[10] ?? 0, series.byAz.az3.answered[10] ?? 0])).toBe(RATE);
    const failing = seriesOf(stagedRecords((record) => (record.kind === 'order' && record.retried === 'az1' ? { ...record, status: 502, bakeMs: null } : record)));
    expect(failing.byAz.az1.failed[10]).toBe(10);
    expect(failing.byAz.az2.failed[10]).toBe(0);
  });

  test('counts a failure that nobody answered in the total alone', () => {
    const silent = seriesOf(stagedRecords((record) => (record.kind === 'order' && record.retried === 'az1' ? { ...record, status: null, answeredMs: null, bakeMs: null, az: null, retried: null } : record)));
    expect(silent.total.failed[10]).toBe(10);
    expect(sum(['az1', 'az2', 'az3'].map((az) => silent.byAz[az as 'az1'].failed[10] ?? 0))).toBe(0);
  });

  test('has shares that add up to one, and none where nothing was answered', () => {
    const series = seriesOf(stagedRecords((record) => (record.intendedMs >= FAULT_MS + 5_000 && record.intendedMs < FAULT_MS + 6_000 ? { ...record, status: 503, bakeMs: null } : record)));
    expect(sum(['az1', 'az2', 'az3'].map((az) => series.shareByAz[az as 'az1'][3] ?? 0))).toBeCloseTo(1);
    expect(series.shareByAz.az2[15]).toBeNull();
    expect(series.total.p99Ms[15]).toBeNull();
    expect(series.menusFailed[15]).toBe(RATE);
  });

  test('reads the host from the journal and the lag from the records, and leaves holes where there is nothing', () => {
    const holed = stagedJournal((event) => (event.type === 'host.sampled' && event.atMs === START_MS + 4_000 ? null : event));
    const series = seriesOf(stagedRecords(), holed);
    expect(series.cpuShare.filter((share) => share === null)).toHaveLength(1);
    expect(series.cpuShare[3]).toBeNull();
    expect(series.cpuShare[4]).toBe(0.5);
    expect(series.generatorLagMsP99.every((lag) => lag === 0.5)).toBe(true);
  });

  test('leaves warm-up, the other arm and parts of seconds out', () => {
    const records = stagedRecords();
    const others = records.map((record) => ({ ...record, arm: 'bare' as const }));
    const warm = records.map((record) => ({ ...record, intendedMs: record.intendedMs - 60_000 }));
    expect(seriesOf([...others, ...warm, ...records]).total.offered).toEqual(seriesOf().total.offered);
    const cut = stagedJournal((event) => (event.type === 'run.ended' ? { ...event, atMs: event.atMs - 300 } : event));
    expect(seriesOf(records, cut).seconds).toBe(39);
  });

  test('of a run without a measured stretch has no second', () => {
    expect(seriesOf(stagedRecords(), []).seconds).toBe(0);
  });

  test('takes well under 100 ms for 150 s at 300 orders/s', () => {
    const one = stagedRecords();
    const records = Array.from({ length: 4 }, (_, lap) => one.map((record) => ({ ...record, intendedMs: record.intendedMs + lap * 40_000 }))).flat();
    const journal = stagedJournal((event) => (event.type === 'run.ended' ? { ...event, atMs: START_MS + 150_000 } : event));
    const facts = readFacts(journal, stagedDocument);
    const times = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      expect(runSeries(records, journal, facts, 'balanced').seconds).toBe(150);
      return process.cpuUsage(before).user / 1000;
    });
    process.stdout.write(`series of ${records.length} records: ${Math.min(...times).toFixed(0)} ms of CPU\n`);
    expect(Math.min(...times)).toBeLessThan(100);
  });
});
