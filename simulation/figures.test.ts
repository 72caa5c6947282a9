import { expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import { addedLatencyMsMax, attemptsPerRequestMax, balancedMs, failed, late, movedMs, resentMsMax, shareWindows } from './figures.ts';
import type { RunResult } from './run.ts';

const AZS = ['az1', 'az2', 'az3'];

/** An order sent at `intendedMs` and answered `tookMs` later, 80 ms of it in the oven. */
function order(intendedMs: number, tookMs: number | null, more: Partial<CustomerRecord> = {}): CustomerRecord {
  return {
    seq: 0, kind: 'order', arm: 'balanced', intendedMs, sentMs: intendedMs,
    answeredMs: tookMs === null ? null : intendedMs + tookMs,
    status: tookMs === null ? null : 201, az: 'az1', retried: null, bakeMs: tookMs === null ? null : 80, bakedIn: null, ...more,
  };
}

function runOf(part: Partial<RunResult>): RunResult {
  return part as RunResult;
}

test('an order fails without an answer, with an error, or after a second; it is late after half of one', () => {
  const records = [order(0, 90), order(1, null), order(2, 90, { status: 503 }), order(3, 1001), order(4, 501)];
  expect(failed({ records }, 'order')).toBe(3);
  expect(late({ records })).toBe(1);
  expect(failed({ records }, 'menu')).toBe(0);
  expect(failed({ records }, 'order', { fromMs: 2, untilMs: 3 })).toBe(1);
});

test('added latency is the slowest wait of the fault less the baseline\'s, ovens aside, and a second for no answer', () => {
  const baseline = { fromMs: 0, untilMs: 100 };
  const fault = { fromMs: 100, untilMs: 200 };
  expect(addedLatencyMsMax({ records: [order(0, 90), order(100, 390)] }, baseline, fault)).toBe(300);
  expect(addedLatencyMsMax({ records: [order(0, 90), order(100, null)] }, baseline, fault)).toBe(990);
  expect(addedLatencyMsMax({ records: [order(0, 90)] }, baseline, fault)).toBeNull();
});

test('traffic has moved when the last order was sent whose first attempt went to the AZ, also if it was sent again', () => {
  const records = [order(0, 90), order(110, 90), order(130, 90, { az: 'az2', retried: 'az1' }), order(140, 90, { az: 'az1', retried: 'az3' })];
  expect(movedMs({ records }, 'az1', { fromMs: 100, untilMs: Infinity })).toBe(30);
  expect(movedMs({ records }, 'az2', { fromMs: 100, untilMs: Infinity })).toBeNull();
});

test('what was under way at the fault counts for the time to re-send, what came later does not', () => {
  const resend = { balancer: 'front-door', upstream: 'load-balancer', requestId: 'r' };
  const resends = [{ ...resend, firstSentMs: 90, atMs: 340 }, { ...resend, firstSentMs: 95, atMs: 350 }, { ...resend, firstSentMs: 110, atMs: 400 }];
  expect(resentMsMax(runOf({ resends }), 100)).toBe(250);
  expect(resentMsMax(runOf({ resends: [] }), 100)).toBeNull();
});

test('attempts per request are those of the worst ten seconds', () => {
  const frontDoor = Array.from({ length: 31 }, (_, second) => ({ requests: second * 100, attempts: second * 100 + (second > 15 ? 50 : 0) }));
  expect(attemptsPerRequestMax(runOf({ frontDoor }))).toBe(1.05);
});

test('balanced is the end of the third even window in a row', () => {
  const even = Array.from({ length: 300 }, (_, index) => AZS[index % 3]!);
  const uneven = Array.from({ length: 300 }, (_, index) => AZS[index % 2]!);
  const records = [...even, ...uneven, ...even, ...even, ...even].map((az, index) => order(index, 90, { az }));
  expect(shareWindows({ records }, AZS, { fromMs: 0, untilMs: Infinity }).map(({ shares }) => shares[2])).toEqual([1 / 3, 0, 1 / 3, 1 / 3, 1 / 3]);
  expect(balancedMs({ records }, AZS, 0)).toBe(1499);
  expect(balancedMs({ records: records.slice(0, 1400) }, AZS, 0)).toBeNull();
});
