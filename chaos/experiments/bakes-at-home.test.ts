import { describe, expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import { bakesAtHome } from './bakes-at-home.ts';

const order = (index: number, bakedIn: string, change: Partial<CustomerRecord> = {}): CustomerRecord => ({
  seq: index, kind: 'order', arm: 'balanced', intendedMs: index * 10, sentMs: index * 10, answeredMs: index * 10 + 90, status: 201,
  az: 'az1', retried: null, bakeMs: 80, bakedIn, ...change,
});
const orders = (count: number, bakedIn: (index: number) => string): CustomerRecord[] => Array.from({ length: count }, (_, index) => order(index, bakedIn(index)));

describe('an AZ bakes at home', () => {
  test('when its last hundred orders came from its own ovens, whatever happened before', () => {
    expect(bakesAtHome(orders(300, (index) => (index < 200 ? 'az2' : 'az1')), 'az1', 0)).toBe(true);
  });

  test('also when affinity sends some away', () => {
    expect(bakesAtHome(orders(100, (index) => (index % 5 === 0 ? 'az3' : 'az1')), 'az1', 0)).toBe(true);
    expect(bakesAtHome(orders(100, (index) => (index % 4 === 0 ? 'az3' : 'az1')), 'az1', 0)).toBe(false);
  });

  test('not before a hundred orders say so', () => {
    expect(bakesAtHome(orders(99, () => 'az1'), 'az1', 0)).toBe(false);
    expect(bakesAtHome(orders(150, () => 'az1'), 'az1', 600)).toBe(false);
  });

  test('is told by its own orders alone', () => {
    const others = orders(200, () => 'az2').map((record) => ({ ...record, az: 'az2' }));
    const menus = orders(200, () => 'az2').map((record) => ({ ...record, kind: 'menu' as const }));
    expect(bakesAtHome([...orders(100, () => 'az1'), ...others, ...menus], 'az1', 0)).toBe(true);
  });
});
