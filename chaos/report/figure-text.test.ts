import { expect, it } from 'vitest';
import { count, dateText, duration, percentDown } from './figure-text.ts';

it('writes durations with three figures, and none twice', () => {
  expect([0.4, 137.6, 999.4, 999.6, 2100, 9994, 9996, 11_640, -1500].map(duration)).toEqual(['0 ms', '138 ms', '999 ms', '1.00 s', '2.10 s', '9.99 s', '10.0 s', '11.6 s', '-1.50 s']);
});

it('never rounds a lost order away', () => {
  expect(percentDown(0.999_996)).toBe('99.999 %');
  expect(percentDown(1)).toBe('100.000 %');
});

it('has no negative nothing, and says what is not known', () => {
  expect(count(-0)).toBe('0');
  expect([duration(null), percentDown(null), dateText(null)]).toEqual(['unknown', 'unknown', 'unknown']);
});
