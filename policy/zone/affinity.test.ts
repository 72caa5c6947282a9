// How much of a zone's traffic spills, traced in half-second steps.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { stepSpill, type Spill } from './affinity.ts';

const at = (demand: number, capacity = 16) => ({ demand, capacity });

test('keeps traffic at home while the zone has room', () => {
  expect(stepSpill({ share: 0, capacity: 16 }, at(12), [at(2)], 500, P).share).toBe(0);
});

test('losing half of a full zone spills at once, so that the rest is 80 % used', () => {
  const spill = stepSpill({ share: 0, capacity: 16 }, at(8, 8), [at(8)], 500, P);
  expect(spill.share).toBeCloseTo(0.2, 9);
});

test('a zone that fills up spills ten points a second and takes them back as it empties', () => {
  let spill: Spill = { share: 0, capacity: 16 };
  for (let i = 0; i < 4; i++) spill = stepSpill(spill, at(15), [at(8)], 500, P);
  expect(spill.share).toBeCloseTo(0.2, 9);
  for (let i = 0; i < 4; i++) spill = stepSpill(spill, at(12), [at(8)], 500, P);
  expect(spill.share).toBeCloseTo(0.2, 9);
  for (let i = 0; i < 10; i++) spill = stepSpill(spill, at(8), [at(8)], 500, P);
  expect(spill.share).toBe(0);
});

test('does not spill into zones that are as full as it is, and takes back what it sent to a fuller one', () => {
  expect(stepSpill({ share: 0, capacity: 16 }, at(16), [at(15), at(16)], 500, P).share).toBe(0);
  expect(stepSpill({ share: 0.4, capacity: 16 }, at(12), [at(16)], 500, P).share).toBeCloseTo(0.35, 9);
});

test('nothing spills where nothing is bounded or nobody else is there', () => {
  expect(stepSpill({ share: 0.5, capacity: 16 }, at(0, 0), [at(1)], 500, P).share).toBe(0);
  expect(stepSpill({ share: 0, capacity: 16 }, at(30), [], 500, P).share).toBe(0);
});

test('the share stays within 0 and 1', () => {
  const load = fc.record({ demand: fc.nat(1000), capacity: fc.nat(100) });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100), load, fc.array(load), fc.nat(60_000), (share, capacity, own, others, elapsedMs) => {
      const next = stepSpill({ share, capacity }, own, others, elapsedMs, P).share;
      return next >= 0 && next <= 1;
    }),
  );
});
