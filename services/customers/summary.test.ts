import { expect, test } from 'vitest';
import { RecordRing, type SettledRequest } from './record-ring.ts';
import { summarise } from './summary.ts';

const traffic = { arm: 'balanced', ratePerSecond: 30 } as const;
const order: SettledRequest = { kind: 'order', arm: 'balanced', intendedMs: 100_000, sentMs: 100_001, answeredMs: 100_090, status: 201, az: 'az1', retried: null, bakeMs: 80, bakedIn: 'az1' };

const ringOf = (...requests: SettledRequest[]): RecordRing => {
  const ring = new RecordRing(1000);
  for (const request of requests) ring.add(request);
  return ring;
};

test('with no traffic nothing is offered and there is no latency', () => {
  expect(summarise(ringOf(), 10_000, 100_000, { arm: 'balanced', ratePerSecond: 0 })).toEqual({
    windowMs: 10_000,
    arm: 'balanced',
    ratePerSecond: 0,
    orders: { offered: 0, answered: 0, failed: 0, late: 0 },
    menu: { offered: 0, failed: 0 },
    shareByAz: {},
    latencyMs: null,
    generatorLagMsP99: 0,
    generatorLagMsMax: 0,
  });
});

test('failed is what was not answered with 2xx within a second, late is over half a second', () => {
  const ring = ringOf(
    order,
    { ...order, answeredMs: 100_501 },
    { ...order, answeredMs: 100_500 },
    { ...order, answeredMs: 101_001 },
    { ...order, answeredMs: null, status: null, az: null },
    { ...order, status: 503 },
    { ...order, kind: 'menu', status: 200 },
    { ...order, kind: 'menu', status: 502 },
  );
  const summary = summarise(ring, 10_000, 102_000, traffic);
  expect(summary.orders).toEqual({ offered: 6, answered: 3, failed: 3, late: 1 });
  expect(summary.menu).toEqual({ offered: 2, failed: 1 });
});

test('a request belongs to the window in which it was meant to be sent', () => {
  const ring = ringOf({ ...order, intendedMs: 89_999, sentMs: 89_999, answeredMs: 90_100 }, { ...order, intendedMs: 90_000, sentMs: 90_000, answeredMs: 90_100 });
  expect(summarise(ring, 10_000, 100_000, traffic).orders.offered).toBe(1);
});

test('requests of the other arm are not counted', () => {
  const summary = summarise(ringOf(order, { ...order, arm: 'bare' }), 10_000, 101_000, { arm: 'bare', ratePerSecond: 1 });
  expect(summary).toMatchObject({ arm: 'bare', orders: { offered: 1 } });
});

test('shares are of answered orders by the AZ that answered, latencies count from the intended time', () => {
  const ring = ringOf(order, { ...order, az: 'az3', answeredMs: 100_200 }, { ...order, az: 'az3', answeredMs: 100_300 }, { ...order, az: 'az2' }, { ...order, az: 'az2', status: 500 });
  const summary = summarise(ring, 10_000, 101_000, traffic);
  expect(summary.shareByAz).toEqual({ az1: 0.25, az2: 0.25, az3: 0.5 });
  expect(summary.latencyMs).toEqual({ p50: 90, p99: 300, max: 300 });
});

test("the customers' own lag is told as its p99 and its worst", () => {
  const requests = Array.from({ length: 200 }, (_, i) => ({ ...order, sentMs: order.intendedMs + (i === 0 ? 50 : 1) }));
  expect(summarise(ringOf(...requests), 10_000, 101_000, traffic)).toMatchObject({ generatorLagMsP99: 1, generatorLagMsMax: 50 });
});
