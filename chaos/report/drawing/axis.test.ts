import { expect, it } from 'vitest';
import { clockText, timeTicks, valueScale } from './axis.ts';

it('takes round figures that hold every value', () => {
  expect(valueScale([3, 97], 4, 0)).toMatchObject({ min: 0, max: 100, ticks: [0, 25, 50, 75, 100], decimals: 0 });
  expect(valueScale([0.01, 0.043], 5, 0).ticks.map((tick) => tick.toFixed(2))).toEqual(['0.00', '0.01', '0.02', '0.03', '0.04', '0.05']);
});

it('shows as many decimals as make its ticks differ', () => {
  for (const values of [[0, 0.001], [1, 1.09], [0, 0.7], [0, 4000]]) {
    const { ticks, decimals } = valueScale(values, 4);
    expect(new Set(ticks.map((tick) => tick.toFixed(decimals))).size).toBe(ticks.length);
  }
});

it('keeps the bounds that a panel has', () => {
  expect(valueScale([0.99, 1], 4, 0, 1)).toMatchObject({ min: 0, max: 1 });
});

it('has a scale for nothing, and for what does not move', () => {
  for (const values of [[], [NaN], [5, 5]]) {
    const { min, max, ticks } = valueScale(values, 4);
    expect(max).toBeGreaterThan(min);
    expect(ticks.length).toBeGreaterThan(1);
  }
});

it('marks round times', () => {
  expect(timeTicks(61, 301, 5)).toEqual([120, 180, 240, 300]);
  expect(clockText(120)).toBe('00:02');
  expect(clockText(125)).toBe('00:02:05');
});
