import { describe, expect, test } from 'vitest';
import { FAULT_MS, START_MS, stagedDocument, stagedRecords } from '#chaos/verdict/staged-run.fixture.ts';
import { liveFigures } from './live-figures.ts';
import { runLineText } from '../terminal/run-line.ts';
import type { RunView } from './run-request.ts';

const records = stagedRecords();
const view = (change: Partial<RunView> = {}): RunView => ({
  phase: 'fault', phaseStartedMs: FAULT_MS, baselineMs: START_MS, records,
  request: { document: stagedDocument, az: 'az1', seed: 1, ratePerSecond: 300, capacity: { ratedPerAz: 150, source: 'model' }, commit: null }, ...change,
});

const lineOf = (one: RunView, nowMs: number): string => runLineText(liveFigures(one, nowMs));

describe('the live line', () => {
  test('says what is done, what customers got in the last settled second, and where', () => {
    expect(lineOf(view(), FAULT_MS + 4_000)).toMatch(/^kill az1 4 s +│ 300\/s offered 300 answered 0 failed │ az1 {2}0 % az2 50 % az3 50 % │ run: 12000 offered 0 failed$/);
  });

  test('shows failures at once and adds them up', () => {
    const failing = records.map((record) => (record.kind === 'order' && record.intendedMs >= FAULT_MS ? { ...record, status: 502 } : record));
    expect(lineOf(view({ records: failing.slice(0, 9_000) }), FAULT_MS + 4_000)).toMatch(/300\/s offered 0 answered 300 failed .* run: 4500 offered 1500 failed/);
  });

  test('stands before there is anything to say', () => {
    expect(lineOf(view({ phase: 'warm', records: [], baselineMs: null }), FAULT_MS)).toMatch(/^warm 0 s +│ 0\/s offered 0 answered 0 failed/);
  });
});
