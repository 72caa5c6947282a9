import { describe, expect, it } from 'vitest';
import { FakeDriver, smallRegion } from './fake-driver.fixture.ts';
import { startAll, startOrder } from './start-order.ts';

const region = smallRegion();

describe('the order in which a region starts', () => {
  it('is from who is called to who calls, links first of all', () => {
    expect(startOrder(region.endpoints).map(({ name }) => name)).toEqual([
      'az1-link', 'az1-kitchen-a', 'az1-kitchen-b', 'az2-kitchen-a', 'az1-storefront-a', 'az1-load-balancer', 'front-door', 'customers',
    ]);
  });
});

describe('starting many', () => {
  it('keeps to the number that may boot at once, and tells how far it is', async () => {
    const driver = new FakeDriver(region);
    const told: string[] = [];
    const endpoints = startOrder(region.endpoints);
    const failures = await startAll(driver, endpoints, { atOnce: 3, gently: false, onReady: (name, ready, total) => told.push(`${ready}/${total} ${name}`) });
    expect(failures.size).toBe(0);
    expect(driver.startingAtOnceMax).toBe(3);
    expect(told).toHaveLength(8);
    expect(told.at(-1)).toBe('8/8 customers');
  });

  it('starts the rest when one fails, and says which', async () => {
    const driver = new FakeDriver(region);
    driver.refuseStart = 'az1-kitchen-a';
    const failures = await startAll(driver, startOrder(region.endpoints), { atOnce: 2, gently: true });
    expect([...failures.keys()]).toEqual(['az1-kitchen-a']);
    expect(driver.started).toHaveLength(8);
  });

  it('starts nothing further once it is called off', async () => {
    const driver = new FakeDriver(region);
    const ended = new AbortController();
    await startAll(driver, startOrder(region.endpoints), { atOnce: 1, gently: false, signal: ended.signal, onReady: () => ended.abort() });
    expect(driver.started).toEqual(['az1-link']);
  });
});
