import { expect, test } from 'vitest';
import { Figures, rows, tableLines, type MeasureId } from './figures.ts';

function figures(values: Partial<Record<MeasureId, number[]>>): Figures {
  const all = new Figures();
  for (const [id, list] of Object.entries(values)) for (const value of list) all.add(id as MeasureId, value);
  return all;
}

test('the median over the rounds meets the bar or misses it, and the ratio is ours to the reference', () => {
  const table = rows(figures({ addedP50: [150, 900, 100], stream: [140, 149, 149], deaths: [0] }), figures({ addedP50: [50], stream: [298], deaths: [3] }));
  expect(table.find(({ id }) => id === 'addedP50')).toMatchObject({ ours: 150, reference: 50, ratio: 3, met: true });
  expect(table.find(({ id }) => id === 'stream')).toMatchObject({ ours: 149, ratio: 0.5, met: false });
  expect(table.find(({ id }) => id === 'deaths')).toMatchObject({ ours: 0, reference: 3, met: true });
});

test('what was not measured is neither met nor missed', () => {
  const table = rows(figures({ deaths: [0] }), null);
  expect(table.find(({ id }) => id === 'stream')).toMatchObject({ ours: null, reference: null, ratio: null, met: null });
  expect(tableLines(table).find((line) => line.startsWith('one stream'))).toMatch(/≥ 150\s+–\s+–$/);
});
