import { beforeEach, expect, test } from 'vitest';
import { CustomersRate } from './customers-rate.ts';
import { smallRegion } from './fake-driver.fixture.ts';
import type { InstanceCall } from './instance-call.ts';

const customers = smallRegion().endpoints.find(({ role }) => role === 'customers');
let boot: string;
let rate: number;
let silent: boolean;
let told: unknown[];
let kept: CustomersRate;

beforeEach(() => {
  [boot, rate, silent, told] = ['first', 0, false, []];
  kept = new CustomersRate(customers, async (_at, { method, path, body }: InstanceCall) => {
    if (silent) throw new Error('no answer');
    if (method === 'PUT') {
      rate = (body as { ratePerSecond: number }).ratePerSecond;
      told.push(body);
    }
    const answer = path === '/healthz' ? { bootId: boot } : { ratePerSecond: rate, arm: 'bare' };
    return { status: rate > 20_000 ? 400 : 200, text: JSON.stringify(answer) };
  });
});

const restart = (): void => {
  boot = `${boot}+`;
  rate = 0;
};

test('customers that were restarted are told the last rate again, once', async () => {
  await kept.set({ ratePerSecond: 300 });
  await kept.remind();
  expect(told).toHaveLength(1);
  restart();
  await kept.remind();
  await kept.remind();
  expect(told).toEqual([{ ratePerSecond: 300 }, { ratePerSecond: 300 }]);
});

test('customers that do not answer are told when they do', async () => {
  await kept.set({ ratePerSecond: 300 });
  restart();
  silent = true;
  await kept.remind();
  silent = false;
  await kept.remind();
  expect(rate).toBe(300);
});

test('a rate that was refused is nobody\'s wish', async () => {
  await kept.set({ ratePerSecond: 30_000 });
  restart();
  await kept.remind();
  expect(told).toHaveLength(1);
});

test('customers that rest begin with the given rate; those that do not keep theirs, and get it again', async () => {
  await kept.begin({ ratePerSecond: 27 });
  expect(told).toEqual([{ ratePerSecond: 27 }]);
  rate = 270;
  await kept.begin({ ratePerSecond: 27 });
  expect(told).toHaveLength(1);
  restart();
  await kept.remind();
  expect(told.at(-1)).toEqual({ ratePerSecond: 270, arm: 'bare' });
});

test('a region without customers says so', async () => {
  await expect(new CustomersRate(undefined).set({ ratePerSecond: 1 })).rejects.toMatchObject({ code: 'AZ_UNSUPPORTED' });
});
