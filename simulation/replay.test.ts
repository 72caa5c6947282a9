import { expect, test } from 'vitest';
import { run, type RunOptions } from './run.ts';

const OPTIONS: Omit<RunOptions, 'seed'> = {
  ratePerSecond: 300,
  untilMs: 12_000,
  faults: [
    { atMs: 4000, act: (faults) => faults.freeze('az2') },
    { atMs: 8000, act: (faults) => faults.heal('az2') },
  ],
};

test('the same seed replays the same run to the last decision', () => {
  const first = run({ seed: 7, ...OPTIONS });
  const second = run({ seed: 7, ...OPTIONS });
  expect(first.decisions).toBeGreaterThan(10_000);
  expect(second.digest).toBe(first.digest);
  expect(second.records).toEqual(first.records);
  expect(second.events).toEqual(first.events);
});

test('another seed is another run', () => {
  expect(run({ seed: 8, ...OPTIONS }).digest).not.toBe(run({ seed: 7, ...OPTIONS }).digest);
});
