import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bootCostMs } from './boot-cost.ts';
import { ROOT } from './tool.ts';

const BUDGET_MS = 400;
const MAINS = globSync('services/*/main.ts', { cwd: ROOT });

test('there are programs to measure', () => {
  expect(MAINS.length).toBeGreaterThan(1);
});

for (const main of MAINS) {
  test(`${main} loads within ${BUDGET_MS} ms of CPU`, async () => {
    // The least of three: a busy machine makes the same work dearer, never cheaper.
    const costs = [await bootCostMs(main), await bootCostMs(main), await bootCostMs(main)];
    expect(Math.min(...costs)).toBeLessThanOrEqual(BUDGET_MS);
  });
}
