import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { parseSeconds } from './after-verb.ts';
import { parseDelay, parseJitter, parseLease, parseShare, parseTarget, parseZone } from './fault-arguments.ts';
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

it('an AZ that no region has is refused before a region is looked for; other names are the region’s to know', () => {
  expect(['az1', 'az3-dc2', 'az2-kitchen-a', 'front-door'].map(parseTarget)).toEqual(['az1', 'az3-dc2', 'az2-kitchen-a', 'front-door']);
  for (const text of ['az9', 'az0-dc1', 'az12']) expect(() => parseTarget(text)).toThrow(InvalidArgumentError);
});

it('delays, jitters, shares and whole AZs are read as people type them', () => {
  expect([parseDelay('400'), parseDelay('1ms'), parseJitter('0'), parseJitter('60000')]).toEqual([400, 1, 0, 60_000]);
  expect([parseShare('0.3'), parseShare('.05'), parseShare('1'), parseShare('1.0')]).toEqual([0.3, 0.05, 1, 1]);
  expect(parseZone('az3')).toBe('az3');
});

it.each(['', '0', '-1', '60001', '4e2', '400s', '0.5', 'slow'])('"%s" is no delay', (text) => {
  expect(() => parseDelay(text)).toThrow(InvalidArgumentError);
});

it.each(['', '0', '0.0', '1.1', '2', '30', '30%', '-0.3', 'NaN', '1e-1'])('"%s" is no share', (text) => {
  expect(() => parseShare(text)).toThrow(InvalidArgumentError);
});

it.each(['', 'az4', 'az1-dc1', 'az1-kitchen-a', 'AZ1', 'front-door'])('"%s" is no whole AZ', (text) => {
  expect(() => parseZone(text)).toThrow(/whole AZ: az1, az2, az3/);
});
