import { expect, it } from 'vitest';
import { bytes, countdown, percent } from './table.ts';

it.each([
  [-5, '0s'],
  [1, '1s'],
  [59_001, '1m 00s'],
  [245_000, '4m 05s'],
  [600_000, '10m 00s'],
  [72 * 3_600_000, '72h 00m'],
])('a countdown of %d ms reads %s', (ms, text) => {
  expect(countdown(ms)).toBe(text);
});

it('small shares keep a digit, large amounts change their unit', () => {
  expect([percent(0), percent(0.021), percent(0.335), percent(1.2)]).toEqual(['0 %', '2.1 %', '34 %', '120 %']);
  expect([bytes(71_000_000), bytes(1.5 * 1024 ** 3)]).toEqual(['67.7 MiB', '1.50 GiB']);
});
