import { expect, test } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { AZS, TIMEOUT_MS } from './az-faults.fixture.ts';
import { balancedMs, failed } from './figures.ts';
import { run, type PlannedFault, type RunResult } from './run.ts';
import { forEachSeed } from './seeds.ts';

const PARTS = ['', '', '-dc1', '-dc2', '-load-balancer', '-storefront-a', '-storefront-b', '-kitchen-a', '-kitchen-b'];
const RATES = [30, 100, 300];
const FAULTS = 4;
/** Slow start after a return is over by then: the claim is about one AZ at a time. */
const REST_BETWEEN_MS = 14_000;
const BALANCED_MS_MAX = 60_000;

interface Scenario {
  ratePerSecond: number;
  faults: PlannedFault[];
  told: string[];
  lastHealMs: number;
}

/** Faults of random kind, place and length, one after the other, all drawn from the seed. */
function scenario(seed: number): Scenario {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const faults: PlannedFault[] = [];
  const told: string[] = [];
  let atMs = 4000 + random() * 1000;
  const ratePerSecond = pick(RATES);
  for (let count = 0; count < FAULTS; count += 1) {
    const verb = pick(['kill', 'freeze'] as const);
    const target = pick(AZS) + pick(PARTS);
    const healMs = atMs + 100 + random() ** 2 * 8000;
    faults.push({ atMs, act: (all) => all[verb](target) }, { atMs: healMs, act: (all) => all.heal(target) });
    told.push(`${verb} ${target} ${atMs.toFixed(0)}-${healMs.toFixed(0)}`);
    atMs = healMs + REST_BETWEEN_MS + random() * 3000;
  }
  return { ratePerSecond, faults, told, lastHealMs: atMs - REST_BETWEEN_MS };
}

function unhealthy(result: RunResult): string[] {
  return [...result.region.clients].flatMap(([name, client]) =>
    client.opinion().targets.filter((target) => target.state !== 'up').map((target) => `${name} holds ${target.target} for ${target.state}: ${target.reason}`));
}

test('whatever breaks, one AZ at a time, no customer notices (safety), and all of it comes back (liveness)', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env: process.env, count: 24, file: import.meta.filename }, (seed) => {
    const { ratePerSecond, faults, told, lastHealMs } = scenario(seed);
    const what = `${ratePerSecond} orders/s, ${told.join(', ')}`;
    const result = run({
      seed, ratePerSecond, untilMs: lastHealMs + BALANCED_MS_MAX, faults,
      isDone: ({ customers, time }) => time.nowMs > lastHealMs && time.nowMs % 5000 === 0 && balancedMs(customers, AZS, lastHealMs) !== null,
    });
    expect(result.violations, what).toEqual([]);
    expect({ orders: failed(result, 'order'), menus: failed(result, 'menu') }, what).toEqual({ orders: 0, menus: 0 });
    expect(unhealthy(result), what).toEqual([]);
    expect(balancedMs(result, AZS, lastHealMs), what).not.toBeNull();
  });
});
