import { expect, test } from 'vitest';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import { moments, shortened, spanMs, type Moment } from './moments.ts';

const DOCUMENTS = ['az-power-loss', 'az-freeze', 'az-slow'].map(experimentNamed);
const take = (count: number, seed: number): Moment[] => {
  const drawn = moments(DOCUMENTS, 60, seed);
  return Array.from({ length: count }, () => drawn.next().value);
};

test('experiments take turns, and AZs when all of them had one', () => {
  expect(take(10, 1).map(({ document, az }) => `${document.id} ${az}`)).toEqual([
    'az-power-loss az1', 'az-freeze az1', 'az-slow az1', 'az-power-loss az2', 'az-freeze az2', 'az-slow az2', 'az-power-loss az3', 'az-freeze az3', 'az-slow az3', 'az-power-loss az1',
  ]);
});

test('the same seed gives the same moments, another seed others', () => {
  const at = (seed: number): number[] => take(20, seed).map(({ atMs }) => atMs);
  expect(at(7)).toEqual(at(7));
  expect(at(7)).not.toEqual(at(8));
});

test('moments lie everywhere in a run: no tenth of it is left out, and none is hit twice as often as it should', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const { document, atMs } of take(3000, 1)) tenths[Math.floor((10 * atMs) / spanMs(document, 60))]! += 1;
  expect(Math.min(...tenths)).toBeGreaterThan(225);
  expect(Math.max(...tenths)).toBeLessThan(375);
});

test('a run counts from its beginning until shortly after its heal, with phases as long as its rate makes them', () => {
  // 8 s warm, 20 s until the baseline has its orders, 15 s of fault, 5 s of recovery.
  expect(spanMs(experimentNamed('az-power-loss'), 60)).toBe(48_000);
  expect(spanMs(experimentNamed('az-power-loss'), 300)).toBe(38_000);
});

test('a shortened run breaks and turns the same, and says nothing about customers', () => {
  const document = experimentNamed('az-cut');
  const short = shortened(document);
  expect(short).toMatchObject({ fault: document.fault, given: document.given, settings: document.settings, assertions: [], guardrails: [], until: null });
  expect(spanMs(short, 60)).toBeLessThan(spanMs(document, 60));
});
