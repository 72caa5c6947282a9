// How quickly a latency is believed and forgotten.
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { EWMA_FLOOR_MS, latencyMs, newPeakEwma, observeLatency } from './peak-ewma.ts';

test('a slower answer counts at once, a faster one only with time', () => {
  const ewma = newPeakEwma(0);
  observeLatency(ewma, 20, 0, P);
  observeLatency(ewma, 500, 100, P);
  expect(latencyMs(ewma, 100, P)).toBe(500);
  observeLatency(ewma, 20, 200, P);
  expect(latencyMs(ewma, 200, P)).toBeGreaterThan(490);
});

test('an idle target is forgiven: after four memory lengths less than 2 % is left, never below the floor', () => {
  const ewma = newPeakEwma(0);
  observeLatency(ewma, 1000, 0, P);
  expect(latencyMs(ewma, 4 * P.ewmaTauMs, P)).toBeLessThan(20);
  expect(latencyMs(ewma, 1e9, P)).toBe(EWMA_FLOOR_MS);
});
