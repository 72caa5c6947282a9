import { expect, it } from 'vitest';
import type { Timeline } from '#contracts/verdict.ts';
import { timeDecomposition, tookMs } from './time-decomposition.ts';

const timeline: Timeline = {
  fault: 0, firstCustomerError: null, firstFailedCheck: 90, ejected: 120, moved: 49, lastCustomerError: null, steady: 1000,
  restored: 22_000, readmitted: 22_900, balanced: 34_000,
};
const took = (some: Partial<Timeline>, healingMs: number | null = 20_000): Record<string, number | null> => {
  const { leaving, returning } = timeDecomposition({ ...timeline, ...some }, healingMs);
  return Object.fromEntries([...leaving, ...returning].map((step) => [step.name, tookMs(step)]));
};

it('says of each step how long it took, counted from what it waits for', () => {
  expect(took({})).toEqual({ detect: 90, eject: 30, move: 49, steady: 1000, restore: 2000, readmit: 900, balance: 12_000 });
});

it('knows nothing of steps that were not done', () => {
  expect(took({ firstFailedCheck: null, ejected: null, balanced: null })).toMatchObject({ detect: null, eject: null, balance: null, move: 49 });
  expect(took({ restored: null, readmitted: null, balanced: null }, null)).toMatchObject({ restore: null, readmit: null, balance: null });
});

it('has no negative step: live requests may eject before a check fails, and a part may be back before the whole', () => {
  expect(took({ firstFailedCheck: 300, ejected: 120, readmitted: 21_000 })).toMatchObject({ eject: 0, readmit: 0 });
  expect(took({ firstFailedCheck: null })).toMatchObject({ detect: null, eject: 120 });
});
