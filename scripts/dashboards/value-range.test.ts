import { expect, it } from 'vitest';
import type { Series } from './prometheus-api.ts';
import { ValueRange } from './value-range.ts';

const series = (az: string, ...values: number[]): Series => ({ labels: { az }, points: values.map((value, at) => [at, value]) });
const changes = (before: Series[], now: Series[]): string[] => [...new ValueRange(before).changes(now).keys()].sort();

it('takes what stays within the noise of before for nothing', () => {
  expect(changes([series('az1', 10, 14, 12)], [series('az1', 17.9)])).toEqual([]);
  expect(changes([series('az1', 10, 14, 12)], [series('az1', 6.1)])).toEqual([]);
  expect(changes([series('az1', 100, 100, 100)], [series('az1', 101)])).toEqual([]);
});

it('tells a rise from a fall, beyond the noise', () => {
  expect(changes([series('az1', 10, 14, 12)], [series('az1', 18.1)])).toEqual(['rises']);
  expect(changes([series('az1', 10, 14, 12)], [series('az1', 5.9)])).toEqual(['falls']);
  expect(changes([series('az1', 0, 0, 0)], [series('az1', 0.1)])).toEqual(['rises']);
});

it('tells a series that is new and one that is gone, also when one is quiet by being no number', () => {
  expect(changes([series('az1', 1, 1)], [series('az2', 1)])).toEqual(['appears', 'vanishes']);
  expect(changes([series('az1', NaN, NaN)], [series('az1', 3)])).toEqual(['appears']);
  expect(changes([series('az1', 3, 3)], [series('az1', NaN)])).toEqual(['vanishes']);
  expect(changes([], [series('az1', 1)])).toEqual(['appears']);
});

it('does not miss who came and went before already', () => {
  expect(changes([series('az1', 1, 1, 1), series('az2', 5)], [series('az1', 1)])).toEqual([]);
});

it('knows series by their labels, in whatever order', () => {
  const before: Series = { labels: { az: 'az1', role: 'link' }, points: [[0, 1], [1, 1]] };
  expect(changes([before], [{ labels: { role: 'link', az: 'az1' }, points: [[2, 1]] }])).toEqual([]);
});
