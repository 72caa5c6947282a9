// The ramp of a target that came back.
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { slowStartWeight } from './slow-start.ts';

test.each([
  [null, 5000, 1],
  [0, 0, 0.1],
  [0, 500, 0.1],
  [0, 5000, 0.5],
  [0, 10_000, 1],
  [0, 1e9, 1],
])('since %s, at %d ms the weight is %d', (from, now, weight) => {
  expect(slowStartWeight(from, now, P)).toBe(weight);
});
