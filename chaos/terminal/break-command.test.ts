import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { parseSeconds } from './after-verb.ts';
import { parseLease } from './break-command.ts';
import { parseRate } from './rate-argument.ts';

it('times and rates are read as people type them', () => {
  expect([parseLease('90s'), parseLease('10m'), parseLease('72h')]).toEqual([90_000, 600_000, 259_200_000]);
  expect([parseSeconds('30s'), parseSeconds('5'), parseSeconds('0')]).toEqual([30, 5, 0]);
  expect([parseRate('300'), parseRate('0.5'), parseRate('rest'), parseRate('peak')]).toEqual([300, 0.5, 'rest', 'peak']);
});

it.each(['', '10', '0s', '73h', '-5m', '5 m', '1e3s', 'soon'])('"%s" is no lease', (text) => {
  expect(() => parseLease(text)).toThrow(InvalidArgumentError);
});

it.each(['', '56s', '-1', 'NaN', '1m'])('"%s" is no time to watch', (text) => {
  expect(() => parseSeconds(text)).toThrow(InvalidArgumentError);
});

it.each(['', '-1', '20001', '1e3', 'Infinity', 'fast'])('"%s" is no rate', (text) => {
  expect(() => parseRate(text)).toThrow(InvalidArgumentError);
});
