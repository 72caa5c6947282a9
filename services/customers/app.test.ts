import type { Dispatcher } from 'undici';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import type { Endpoint } from '#contracts/region.ts';
import { readConfig } from '#kit/config.ts';
import { createMetrics } from '#kit/metrics.ts';
import { createSteppedClock, type SteppedClock } from '#kit/stepped-clock.ts';
import { createCustomers, type Customers } from './app.ts';
import { CustomersConfigSchema } from './config.ts';

const endpoint: Endpoint = {
  name: 'customers',
  role: 'customers',
  az: null,
  dc: null,
  service: null,
  scope: 'regional',
  address: null,
  admin: { host: '127.0.0.1', port: 1 },
  program: 'services/customers/main.ts',
  networks: [],
  environment: {},
};
const WALL_MS = 1_700_000_000_000;

let clock: SteppedClock;
let customers: Customers;
let az: string;
let status: number;

const controller = { abort: () => {} } as unknown as Dispatcher.DispatchController;

function build(recordsMax = 1000): void {
  const dispatch = (options: Dispatcher.DispatchOptions, visit: Dispatcher.DispatchHandler): boolean => {
    visit.onRequestStart?.(controller, {});
    const tookMs = options.path === '/orders' ? 90 : 2;
    clock.after(tookMs, () => {
      visit.onResponseStart?.(controller, status, { 'x-az': az, 'server-timing': 'oven;dur=85;desc="az2"' });
      visit.onResponseEnd?.(controller, {});
    });
    return true;
  };
  customers = createCustomers({
    config: readConfig(CustomersConfigSchema, { CUSTOMERS_RECORDS_MAX: String(recordsMax) }),
    instance: { id: 'customers', bootId: '01234567-89ab', version: '1', endpoint, region: { schema: 'azimuth.region/1', region: 'r', body: 'embedded', endpoints: [endpoint], links: [] }, regionFile: '' },
    log: pino({ level: 'silent' }),
    metrics: createMetrics('1'),
    clock,
    shops: { next: () => ({ dispatch }) },
  });
}

beforeEach(() => {
  clock = createSteppedClock(5000, WALL_MS - 5000);
  az = 'az1';
  status = 200;
  build();
});

const setTraffic = (payload: object) => customers.admin.inject({ method: 'PUT', url: '/traffic', payload });

async function records(query = ''): Promise<{ records: CustomerRecord[]; next: number; dropped: boolean }> {
  const { body, headers } = await customers.admin.inject(`/records${query}`);
  expect(headers['content-type']).toBe('application/x-ndjson');
  const lines = body.split('\n').slice(0, -1);
  return { records: lines.map((line) => JSON.parse(line)), next: Number(headers['x-next-seq']), dropped: headers['x-dropped'] === '1' };
}

test('traffic is set at once and answered as it is now', async () => {
  expect((await setTraffic({ ratePerSecond: 30 })).json()).toEqual({ ratePerSecond: 30, arm: 'balanced' });
  expect((await setTraffic({ ratePerSecond: 12.5, arm: 'bare', seed: 4 })).json()).toEqual({ ratePerSecond: 12.5, arm: 'bare' });
  expect((await setTraffic({ ratePerSecond: -1 })).statusCode).toBe(400);
  expect((await setTraffic({ ratePerSecond: 1, arm: 'lucky' })).statusCode).toBe(400);
  expect((await customers.admin.inject('/readyz')).json().checks.traffic.detail).toBe('12.5 orders/s, bare');
});

test('records are in wall clock and numbered in the order of settlement', async () => {
  await setTraffic({ ratePerSecond: 20 });
  clock.step(2000);
  const all = (await records()).records;
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
  expect(all.every((one, i) => i === 0 || (one.answeredMs ?? 0) >= (all[i - 1]?.answeredMs ?? 0))).toBe(true);
  const order = all.find(({ kind }) => kind === 'order');
  expect(order).toMatchObject({ arm: 'balanced', status: 200, az: 'az1', retried: null, bakeMs: 85, bakedIn: 'az2' });
  expect((order?.answeredMs ?? 0) - (order?.intendedMs ?? 0)).toBeCloseTo(90, 2);
  expect(order?.intendedMs).toBeGreaterThan(WALL_MS);
  expect(all.find(({ kind }) => kind === 'menu')).toMatchObject({ bakeMs: null });
});

test('records are read on from where the last answer ended, none twice and none missed', async () => {
  await setTraffic({ ratePerSecond: 200 });
  clock.step(2000);
  const total = (await records()).records.length;
  const seen: number[] = [];
  for (let after = 0; ; ) {
    const page = await records(`?after=${after}&limit=37`);
    if (page.records.length === 0) break;
    seen.push(...page.records.map(({ seq }) => seq));
    after = page.next;
  }
  expect(seen).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  expect(await records(`?after=${total}`)).toEqual({ records: [], next: total, dropped: false });
});

test('a reader that comes too late is told that records are gone; one from before a restart gets what there is', async () => {
  await setTraffic({ ratePerSecond: 500 });
  clock.step(3000);
  const late = await records('?after=10&limit=5');
  expect(late.dropped).toBe(true);
  expect(late.records[0]?.seq).toBeGreaterThan(11);
  expect(late.next).toBe(late.records[4]?.seq);
  const before = await records('?after=99999999&limit=3');
  expect(before.records).toHaveLength(3);
});

test('the summary counts what was settled in its window', async () => {
  await setTraffic({ ratePerSecond: 100 });
  clock.step(1000);
  az = 'az2';
  status = 503;
  clock.step(1000);
  const { json } = await customers.admin.inject('/summary?windowMs=1000').then((response) => ({ json: response.json() }));
  expect(json).toMatchObject({ windowMs: 1000, arm: 'balanced', ratePerSecond: 100 });
  expect(json.orders.offered).toBeGreaterThan(50);
  expect(json.orders.failed).toBeGreaterThan(0);
  expect(json.menu.failed).toBeGreaterThan(0);
  expect((await customers.admin.inject('/summary?windowMs=x')).statusCode).toBe(400);
});

test('a step of the wall clock during a run moves no record', async () => {
  await setTraffic({ ratePerSecond: 50 });
  clock.step(1000);
  const wallMs = clock.wallMs;
  clock.wallMs = () => wallMs() + 3_600_000;
  clock.step(1000);
  const all = (await records()).records;
  expect(all.every(({ intendedMs }) => intendedMs < WALL_MS + 10_000)).toBe(true);
});

test('metrics count orders and menu reads by what customers got', async () => {
  await setTraffic({ ratePerSecond: 50 });
  clock.step(1000);
  const answered = (await records()).records.filter(({ kind }) => kind === 'order').length;
  expect(answered).toBeGreaterThan(0);
  const { body } = await customers.admin.inject('/metrics');
  expect(body).toContain(`azimuth_customer_orders_total{result="answered",zone="az1"} ${answered}`);
  expect(body).toContain('azimuth_customer_orders_total{result="failed",zone=""} 0');
  expect(body).toContain(`azimuth_customer_latency_seconds_count ${answered}`);
});
