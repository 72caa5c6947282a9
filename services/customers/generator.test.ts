import type { Dispatcher } from 'undici';
import { beforeEach, expect, test } from 'vitest';
import { createSteppedClock, type SteppedClock } from '#kit/stepped-clock.ts';
import { createArrivals, takeDue } from '#policy/arrivals.ts';
import { Generator } from './generator.ts';
import type { Visit } from './visit.ts';

interface Sent {
  arm: string;
  atMs: number;
  method: string;
  path: string;
  headers: Map<string, string>;
  visit: Visit;
}

let clock: SteppedClock;
let sent: Sent[];
let settled: Visit[];
let open: boolean;

beforeEach(() => {
  clock = createSteppedClock(5000);
  sent = [];
  settled = [];
  open = true;
});

function build(seed = 1): Generator {
  const dispatch = (arm: string) => (options: Dispatcher.DispatchOptions, visit: Dispatcher.DispatchHandler): boolean => {
    const flat = options.headers as string[];
    const headers = new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : []) as [string, string][]));
    sent.push({ arm, atMs: clock.nowMs(), method: options.method, path: options.path, headers, visit: visit as Visit });
    return true;
  };
  return new Generator({
    clock,
    shops: { next: (arm) => (open ? { dispatch: dispatch(arm) } : null) },
    seed,
    keyPrefix: 'boot',
    onSettled: (visit) => settled.push(visit),
  });
}

test('nobody comes until a rate is set, and nobody after it is 0 again', () => {
  const generator = build();
  clock.step(10_000);
  expect(sent).toEqual([]);
  generator.setTraffic({ ratePerSecond: 100 });
  clock.step(1000);
  const count = sent.length;
  expect(count).toBeGreaterThan(100);
  generator.setTraffic({ ratePerSecond: 0 });
  clock.step(10_000);
  expect(sent).toHaveLength(count);
  expect(clock.pending).toBe(0);
});

test('arrivals are those of the seed, each one order and one menu read, sent at the time that was meant', () => {
  build().setTraffic({ ratePerSecond: 50, seed: 7 });
  const meantMs = takeDue(createArrivals(7, 50, 5000), 7000);
  clock.step(2000);
  expect(sent.filter(({ path }) => path === '/orders').map(({ visit }) => visit.intendedMs)).toEqual(meantMs);
  expect(sent.filter(({ path }) => path === '/menu').map(({ visit }) => visit.intendedMs)).toEqual(meantMs);
  for (const { atMs, visit } of sent) expect(atMs).toBe(visit.intendedMs);
});

test('the region cannot slow the arrivals down by not answering', () => {
  build().setTraffic({ ratePerSecond: 200, seed: 3 });
  clock.step(5000);
  expect(sent.filter(({ path }) => path === '/orders')).toHaveLength(takeDue(createArrivals(3, 200, 5000), 10_000).length);
});

test('an order has a key of its own, an id, and the whole patience as its deadline', () => {
  build().setTraffic({ ratePerSecond: 50 });
  clock.step(1000);
  const orders = sent.filter(({ path }) => path === '/orders');
  const keys = orders.map(({ headers }) => headers.get('idempotency-key'));
  expect(new Set(keys).size).toBe(orders.length);
  for (const { method, headers } of orders) {
    expect(method).toBe('POST');
    expect(headers.get('x-request-id')).toBe(headers.get('idempotency-key'));
    expect(headers.get('x-deadline-ms')).toBe('1000');
  }
  const menus = sent.filter(({ path }) => path === '/menu');
  expect(new Set(menus.map(({ headers }) => headers.get('x-request-id'))).size).toBe(menus.length);
});

test('patience ends a second after the intended time, not after the sending', () => {
  const generator = build();
  generator.setTraffic({ ratePerSecond: 5 });
  clock.step(3000);
  generator.setTraffic({ ratePerSecond: 0 });
  expect(generator.unsettled).toBeGreaterThan(0);
  const last = sent.at(-1)?.visit.intendedMs ?? 0;
  clock.step(last + 999.9 - clock.nowMs());
  expect(generator.unsettled).toBe(2);
  clock.step(0.2);
  expect(generator.unsettled).toBe(0);
  expect(settled).toHaveLength(sent.length);
  expect(settled.every((visit) => visit.answeredMs === null && visit.status === null)).toBe(true);
});

test('a late generator sends all that is due at once, with less patience left; what nobody waits for any more is not sent', () => {
  const wakes: (() => void)[] = [];
  let nowMs = 0;
  const generator = new Generator({
    clock: { nowMs: () => nowMs, wallMs: () => nowMs, after: (_delayMs, callback) => (wakes.push(callback), () => {}) },
    shops: { next: () => ({ dispatch: (options, visit) => (sent.push({ arm: '', atMs: nowMs, method: options.method, path: options.path, headers: new Map([['deadline', String((options.headers as string[])[3])]]), visit: visit as Visit }), true) }) },
    seed: 1,
    keyPrefix: 'boot',
    onSettled: (visit) => settled.push(visit),
  });
  generator.setTraffic({ ratePerSecond: 20 });
  nowMs = 3000;
  wakes.at(-1)?.();
  const due = takeDue(createArrivals(1, 20, 0), 3000);
  expect(sent.length + settled.length).toBe(2 * due.length);
  expect(sent.every(({ visit }) => visit.intendedMs > 1999 && visit.sentMs === 3000)).toBe(true);
  expect(settled.every((visit) => visit.intendedMs <= 2001 && visit.answeredMs === null && visit.sentMs === 3000)).toBe(true);
  const menu = sent.find(({ path }) => path === '/menu');
  expect(Number(menu?.headers.get('deadline'))).toBe(Math.floor((menu?.visit.intendedMs ?? 0) + 1000 - 3000));
});

test('the arm changes at once, a rate without a seed goes on with the same sequence', () => {
  const generator = build(9);
  generator.setTraffic({ ratePerSecond: 100 });
  clock.step(500);
  generator.setTraffic({ ratePerSecond: 100, arm: 'bare' });
  clock.step(500);
  expect(generator.traffic).toEqual({ ratePerSecond: 100, arm: 'bare' });
  const meantMs = takeDue(createArrivals(9, 100, 5000), 6000);
  const orders = sent.filter(({ path }) => path === '/orders');
  orders.forEach(({ visit }, i) => expect(visit.intendedMs).toBeCloseTo(meantMs[i] ?? 0, 6));
  expect(orders).toHaveLength(meantMs.length);
  for (const { arm, atMs } of sent) expect(arm).toBe(atMs <= 5500 ? 'balanced' : 'bare');
});

test('with no shop in the region every request fails, and is recorded', () => {
  open = false;
  build().setTraffic({ ratePerSecond: 50 });
  clock.step(1000);
  expect(settled.length).toBeGreaterThan(50);
  expect(sent).toEqual([]);
});

test('a higher rate is reached evenly over the time that was asked for, a lower one at once', () => {
  const generator = build();
  generator.setTraffic({ ratePerSecond: 400, overMs: 8000 });
  expect(generator.traffic.ratePerSecond).toBe(400);
  const perSecond = Array.from({ length: 10 }, () => {
    const before = sent.length;
    clock.step(1000);
    return (sent.length - before) / 2;
  });
  // A second of a Poisson process strays by the square root of its mean.
  perSecond.forEach((count, second) => {
    const mean = second < 8 ? 50 * (second + 0.5) : 400;
    expect(Math.abs(count - mean)).toBeLessThan(4 * Math.sqrt(mean) + 4);
  });
  generator.setTraffic({ ratePerSecond: 10, overMs: 8000 });
  const before = sent.length;
  clock.step(5000);
  expect((sent.length - before) / 2).toBeLessThan(85);
});

test('another rate takes the place of a ramp that is on its way', () => {
  const generator = build();
  generator.setTraffic({ ratePerSecond: 400, overMs: 8000 });
  clock.step(2000);
  generator.setTraffic({ ratePerSecond: 0 });
  const count = sent.length;
  clock.step(10_000);
  expect(sent).toHaveLength(count);
  expect(clock.pending).toBe(0);
});
