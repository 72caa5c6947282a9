import { expect, test } from 'vitest';
import { attribute } from './toxic-kind.ts';

test.each([
  [undefined, 0],
  [7, 7],
  [-7, -7],
  [1.9, 1],
  [NaN, 0],
  [1e308, Number.MAX_SAFE_INTEGER],
  [-Infinity, -Number.MAX_SAFE_INTEGER],
])('an attribute of %d counts as %d: sums and products with it stay numbers', (given, counts) => {
  expect(attribute(given === undefined ? {} : { latency: given }, 'latency')).toBe(counts);
});
