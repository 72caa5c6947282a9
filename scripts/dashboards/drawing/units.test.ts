import { expect, it } from 'vitest';
import { formatValue } from './units.ts';

it.each([
  [0.99954, 'percentunit', 2, '99.95%'],
  [1.5, 'percentunit', null, '150%'],
  [0.0834, 's', null, '83.4 ms'],
  [0.000_25, 's', null, '250 µs'],
  [1.25, 's', null, '1.25 s'],
  [0, 's', null, '0 s'],
  [299.6, 'reqps', null, '300 req/s'],
  [1500, 'reqps', null, '1.50 K req/s'],
  [0.5, 'cps', null, '0.50 c/s'],
  [123_456, 'Bps', null, '123 kB/s'],
  [12, 'Bps', null, '12 B/s'],
  [50 * 1024 * 1024, 'bytes', null, '50 MiB'],
  [3, 'none', null, '3'],
  [12.34, 'short', null, '12.3'],
] as const)('%f in %s reads %s', (value, unit, decimals, text) => {
  expect(formatValue(value, unit, decimals)).toBe(text);
});

it('counts back from now', () => {
  expect(formatValue(100_000, 'dateTimeFromNow', null, 101_000)).toBe('1 second ago');
  expect(formatValue(100_000, 'dateTimeFromNow', null, 400_000)).toBe('5 minutes ago');
});
