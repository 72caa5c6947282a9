// When silence is probed, and how long the probe may take.
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { newProbeTimes, observeProbeTime, stallProbeDueMs, stallTimeoutMs } from './stall.ts';

describe('a stall probe', () => {
  const busy = { inFlight: 3, busySinceMs: 1000, lastByteMs: 0, lastStallProbeMs: -Infinity };
  test('is due 150 ms after the target became busy, when nothing came since', () => {
    expect(stallProbeDueMs(busy, P)).toBe(1150);
  });
  test('waits for silence after the last byte', () => {
    expect(stallProbeDueMs({ ...busy, lastByteMs: 1400 }, P)).toBe(1550);
  });
  test('repeats every 100 ms while the silence lasts, and starts over after a byte', () => {
    expect(stallProbeDueMs({ ...busy, lastStallProbeMs: 1150 }, P)).toBe(1250);
    expect(stallProbeDueMs({ ...busy, lastStallProbeMs: 1150, lastByteMs: 1200 }, P)).toBe(1350);
  });
  test('is never due while nothing is in flight', () => {
    expect(stallProbeDueMs({ ...busy, inFlight: 0 }, P)).toBe(Infinity);
  });
});

describe('the timeout of a stall probe', () => {
  function after(rttMs: number[]): number {
    const times = newProbeTimes();
    for (const rtt of rttMs) observeProbeTime(times, rtt);
    return stallTimeoutMs(times, P);
  }
  test('is 100 ms for a target that answers quickly', () => {
    expect(after([1, 2, 3])).toBe(100);
  });
  test('follows a target that is slow to answer, but not one outlier', () => {
    expect(after([50, 60, 2])).toBe(150);
    expect(after([400, 2, 2])).toBe(100);
  });
  test('never exceeds that of an ordinary check, and forgets after a hundred probes', () => {
    expect(after([400, 400])).toBe(P.checkTimeoutMs);
    expect(after([400, 400, ...new Array<number>(100).fill(1)])).toBe(100);
  });
});
