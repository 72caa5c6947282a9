import { describe, expect, test } from 'vitest';
import type { Guardrail } from '#contracts/experiment.ts';
import { SETTLED_MS, type CustomerRecord } from '#contracts/records.ts';
import { createGuardrails, step, type GuardrailState } from './guardrails.ts';

const START_MS = 1_000_000;
const SUCCESS: Guardrail = { sli: 'success', below: 0.9, forMs: 3_000 };
const TAIL: Guardrail = { sli: 'p99_ms', above: 400, forMs: 2_000 };

const order = (intendedMs: number, latencyMs: number | null): CustomerRecord => ({
  seq: 0, kind: 'order', arm: 'balanced', intendedMs, sentMs: intendedMs, answeredMs: latencyMs === null ? null : intendedMs + latencyMs,
  status: latencyMs === null ? null : 201, az: 'az1', retried: null, bakeMs: null, bakedIn: null,
});

/** Seconds of the baseline, by the share of ten orders that are answered; null for a second without orders. */
const run = (shares: readonly (number | null)[], guardrails: Guardrail[] = [SUCCESS], latencyMs = 100): { state: GuardrailState; trips: (string | null)[] } => {
  const state = createGuardrails({ guardrails, maxDurationMs: null }, START_MS);
  step(state, { type: 'baseline' }, START_MS);
  const trips = shares.map((share, second) => {
    const fromMs = START_MS + second * 1000;
    const records = share === null ? [] : Array.from({ length: 10 }, (_, at) => order(fromMs + at * 100, at < share * 10 ? latencyMs : null));
    const nowMs = fromMs + 1000 + SETTLED_MS;
    step(state, { type: 'settled', records }, nowMs);
    return step(state, { type: 'tick' }, nowMs).trip;
  });
  return { state, trips };
};

describe('a guardrail', () => {
  test('trips when every second of its time was below the bound, and not before', () => {
    const { trips } = run([1, 1, 0.6, 0.7, 0.5, 0.6]);
    expect(trips.slice(0, 4)).toEqual([null, null, null, null]);
    expect(trips[4]).toBe('Guardrail: fewer than 90 % of the orders were answered in each of the last 3 s, 50 % at worst.');
  });

  test('is not tripped at the bound, nor by a series that one good second interrupts', () => {
    expect(run([0.9, 0.9, 0.9, 0.9]).trips).toEqual([null, null, null, null]);
    expect(run([0.5, 0.5, 1, 0.5, 0.5]).trips).toEqual([null, null, null, null, null]);
  });

  test('learns nothing from a second without orders', () => {
    expect(run([0.5, 0.5, null, 0.5, 0.5]).trips).toEqual([null, null, null, null, null]);
    expect(run([null, null, null, null]).trips).toEqual([null, null, null, null]);
  });

  test.each([[500, 1], [1_500, 2], [2_001, 3]])('of %d ms looks at whole seconds, the next number up: %d', (forMs, seconds) => {
    const { trips } = run([0, 0, 0, 0], [{ ...SUCCESS, forMs }]);
    expect(trips.findIndex((trip) => trip !== null)).toBe(seconds - 1);
  });

  test('trips when everything fails, and says so', () => {
    expect(run([0, 0, 0]).trips[2]).toMatch(/0 % at worst/);
  });

  test('waits until the orders of a second have settled', () => {
    const { state } = run([0.5, 0.5]);
    const records = Array.from({ length: 10 }, (_, at) => order(START_MS + 2_000 + at * 100, null));
    step(state, { type: 'settled', records }, START_MS + 3_000);
    expect(step(state, { type: 'tick' }, START_MS + 3_000 + SETTLED_MS - 1).trip).toBeNull();
    expect(step(state, { type: 'tick' }, START_MS + 3_000 + SETTLED_MS).trip).not.toBeNull();
  });

  test('on the p99 trips above its bound, and an order that failed is as slow as patience lasts', () => {
    expect(run([1, 1], [TAIL], 401).trips[1]).toBe('Guardrail: the p99 was above 400 ms in each of the last 2 s, 401 ms at worst.');
    expect(run([1, 1], [TAIL], 400).trips).toEqual([null, null]);
    expect(run([0.9, 0.9], [TAIL], 100).trips[1]).toMatch(/1000 ms at worst/);
  });

  test('counts neither menu reads nor what was ordered before the baseline', () => {
    const state = createGuardrails({ guardrails: [SUCCESS], maxDurationMs: null }, START_MS);
    const early = Array.from({ length: 40 }, (_, at) => order(START_MS + at * 100, null));
    step(state, { type: 'settled', records: early }, START_MS + 4_000);
    step(state, { type: 'baseline' }, START_MS + 4_000);
    step(state, { type: 'settled', records: [...early, ...early.map((record) => ({ ...record, kind: 'menu' as const, intendedMs: record.intendedMs + 4_000 }))] }, START_MS + 9_000);
    expect(step(state, { type: 'tick' }, START_MS + 10_000)).toEqual({ trip: null });
  });
});

describe('the longest that a run may take', () => {
  test('counts from its start, warm phase included, and needs no order', () => {
    const state = createGuardrails({ guardrails: [], maxDurationMs: 60_000 }, START_MS);
    expect(step(state, { type: 'tick' }, START_MS + 60_000).trip).toBeNull();
    expect(step(state, { type: 'tick' }, START_MS + 60_001).trip).toBe('The run took longer than the 60 s that its guardrail allows.');
  });

  test('is nobody’s business without one', () => {
    const state = createGuardrails({ guardrails: [], maxDurationMs: null }, START_MS);
    expect(step(state, { type: 'tick' }, START_MS + 1e9).trip).toBeNull();
  });
});
