import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bootCostMs, yardstickMs } from './boot-cost.ts';
import { ROOT } from './tool.ts';

const BUDGET_MS = 400;
/** As a multiple of what Fastify alone costs in the same moments, where the machine is too slow for {@link BUDGET_MS}. */
const YARDSTICKS = 5;
const ATTEMPTS_MAX = 8;
const MAINS = globSync('services/*/main.ts', { cwd: ROOT });

const cache = mkdtempSync(join(tmpdir(), 'azimuth-compiled-'));

afterAll(() => {
  rmSync(cache, { recursive: true, force: true });
});

test('there are programs to measure', () => {
  expect(MAINS.length).toBeGreaterThan(1);
});

for (const main of MAINS) {
  test(`${main} loads within ${BUDGET_MS} ms of CPU`, async () => {
    await Promise.all([bootCostMs(main, cache), yardstickMs(cache)]);
    // The least of several: a busy machine makes the same work dearer, never cheaper.
    let least = Infinity;
    let yardstick = Infinity;
    const budget = (): number => Math.max(BUDGET_MS, YARDSTICKS * (yardstick === Infinity ? 0 : yardstick));
    for (let attempt = 1; attempt <= ATTEMPTS_MAX && least > budget(); attempt += 1) {
      least = Math.min(least, await bootCostMs(main, cache));
      if (least > BUDGET_MS) yardstick = Math.min(yardstick, await yardstickMs(cache));
    }
    expect(least, `${main}; Fastify alone ${Math.round(yardstick)} ms`).toBeLessThanOrEqual(budget());
  });
}
