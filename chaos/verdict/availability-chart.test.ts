import { describe, expect, test } from 'vitest';
import { availabilityChart } from './availability-chart.ts';

const seconds = (answered: readonly number[], offered = 300) => answered.map((count, atS) => ({ atS, offered, answered: count }));

describe('the chart of answered against offered', () => {
  test('is full where every order was answered', () => {
    const [top, ...rest] = availabilityChart(seconds([300, 300, 300]), [], 80);
    expect(top).toBe('  300/s │███');
    expect(rest.slice(0, 5).every((row) => row.endsWith('│███'))).toBe(true);
  });

  test('shows a second without answers as a shaded column', () => {
    const rows = availabilityChart(seconds([300, 0, 300]), [], 80).slice(0, 6);
    expect(rows.map((row) => row.slice(9))).toEqual(Array.from({ length: 6 }, () => '█░█'));
  });

  test('shades only what was not answered', () => {
    const rows = availabilityChart(seconds([150]), [], 80).slice(0, 6);
    expect(rows.map((row) => row.slice(9)).join('')).toBe('░░░███');
  });

  test('puts marks under the second that they are about, on a line of their own when they collide', () => {
    const lines = availabilityChart(seconds(Array.from({ length: 20 }, () => 300)), [{ atS: 3, label: 'kill az1' }, { atS: 5, label: 'healed' }, { atS: 16.5, label: 'balanced' }], 80).slice(7);
    expect(lines[0]).toBe(`${' '.repeat(12)}▲ kill az1${' '.repeat(3)}▲ balanced`);
    expect(lines[1]).toBe(`${' '.repeat(14)}▲ healed`);
  });

  test('never gets wider than the terminal', () => {
    const rows = availabilityChart(seconds(Array.from({ length: 500 }, () => 300)), [], 80).slice(0, 7);
    expect(rows.every((row) => row.length <= 80)).toBe(true);
  });

  test('is empty without seconds', () => {
    expect(availabilityChart([], [], 80)).toEqual([]);
  });
});
