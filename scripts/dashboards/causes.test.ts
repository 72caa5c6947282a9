import { expect, it } from 'vitest';
import { everyQuery, type AskedQuery } from '../../dashboards/queries.ts';
import { EXPECTATIONS, gapsOf, nameOf, type Expectation } from './causes.ts';

const asked: AskedQuery = { origin: 'panel', dashboard: 'Region', panel: 'New', refId: 'A', expr: 'up' };
const expected: Expectation = { name: 'Region / New / A', cause: 'AZ loss', change: 'falls' };

it('has a cause for every query of every panel, rule, annotation and variable', () => {
  expect(gapsOf(everyQuery((expr) => expr), EXPECTATIONS)).toEqual([]);
});

it('says how to add a panel that has none', () => {
  expect(gapsOf([asked], [])).toEqual([expect.stringContaining('"Region / New / A" has no cause: add it to scripts/dashboards/causes.ts') as string]);
});

it('finds what nobody asks any more, and what stands in it twice', () => {
  expect(gapsOf([], [expected])).toEqual([expect.stringContaining('take it out') as string]);
  expect(gapsOf([asked], [expected, expected])).toEqual([expect.stringContaining('two causes') as string]);
});

it('names no two queries alike', () => {
  const names = everyQuery((expr) => expr).map(nameOf);
  expect(new Set(names).size).toBe(names.length);
});
