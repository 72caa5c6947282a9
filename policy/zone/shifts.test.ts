// A zonal shift ends by itself.
import { expect, test } from 'vitest';
import { expireShifts, nextShiftEndMs, type Shifts } from './shifts.ts';

test('ends at its time, not before, and alone', () => {
  const shifts: Shifts = new Map([
    ['az1', { untilMs: 1000, reason: 'drill' }],
    ['az2', { untilMs: 3000, reason: 'drill' }],
  ]);
  expect(nextShiftEndMs(shifts)).toBe(1000);
  expect(expireShifts(shifts, 999)).toEqual([]);
  expect(expireShifts(shifts, 1000)).toEqual(['az1']);
  expect([...shifts.keys()]).toEqual(['az2']);
  expect(nextShiftEndMs(new Map())).toBe(Infinity);
});
