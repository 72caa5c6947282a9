import { expect, test } from 'vitest';
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { isAnswered } from '#contracts/records.ts';
import { azOf, AZS, FAULT_MS, PEAK, TIMEOUT_MS, UNTIL_MS } from './az-faults.fixture.ts';
import { failed, late, movedMs, offered } from './figures.ts';
import { run, type PlannedFault, type RunResult } from './run.ts';
import { forEachSeed } from './seeds.ts';

const file = import.meta.filename;
const { env } = process;
const FAULT = { fromMs: FAULT_MS, untilMs: Infinity };
const SEEDS = 4;

const untilMs = Infinity;
const fail = (rate: number, afterWork = false): ServiceFaultPlan => ({ fail: { rate, status: 503, afterWork, untilMs } });
const lag = (latencyMs: number, jitterMs = 0): ServiceFaultPlan => ({ lag: { latencyMs, jitterMs, untilMs } });
const lie = (health: 'well' | 'ill'): ServiceFaultPlan => ({ lie: { health, untilMs } });

const LAYERS = { storefront: ['-storefront-a', '-storefront-b'], kitchen: ['-kitchen-a', '-kitchen-b'], 'load balancer': ['-load-balancer'], all: [''] };
type Layer = keyof typeof LAYERS;

/** One layer of an AZ does wrong from 5 s on. */
function wrong(seed: number, layer: Layer, plan: ServiceFaultPlan, more: readonly PlannedFault[] = []): RunResult {
  const tell: PlannedFault = { atMs: FAULT_MS, act: (faults) => LAYERS[layer].forEach((part) => faults.tell(azOf(seed) + part, plan)) };
  const result = run({ seed, ratePerSecond: PEAK, untilMs: UNTIL_MS, faults: [tell, ...more] });
  expect(result.violations).toEqual([]);
  return result;
}

/** Why targets were ejected since the fault began. */
const ejected = ({ events }: RunResult): string[] => [...new Set(events.flatMap((event) => (event.type === 'target.ejected' && event.atMs > FAULT_MS ? [event.reason] : [])))];
const failedShare = (result: RunResult): number => failed(result, 'order', FAULT) / offered(result, 'order', FAULT);

/** Share of the answered orders that an AZ took, from two seconds after the fault on. */
function shareOf({ records }: RunResult, az: string): number {
  const answered = records.filter((record) => record.kind === 'order' && record.intendedMs > FAULT_MS + 2000 && isAnswered(record));
  return answered.filter((record) => record.az === az).length / answered.length;
}

for (const layer of ['storefront', 'kitchen', 'load balancer'] as const) {
  for (const afterWork of [false, true]) {
    test(`every ${layer} of an AZ that refuses half of what it is asked ${afterWork ? 'after the work' : 'at once'}, checks among it, is found out again and again`, { timeout: TIMEOUT_MS }, () => {
      forEachSeed({ env, count: SEEDS, file }, (seed) => {
        const result = wrong(seed, layer, fail(0.5, afterWork));
        expect(ejected(result)).toEqual(['probe-status']);
        // A sixth if nobody noticed. It is more than nothing, since a check that passes brings a target back.
        expect(failedShare(result), 'failed').toBeLessThan(0.08);
      });
    });
  }

  test(`every ${layer} of an AZ that refuses everything, checks among it, is left within a second`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: SEEDS, file }, (seed) => {
      const result = wrong(seed, layer, fail(1));
      expect(failed(result, 'order', FAULT), 'failed at all').toBeGreaterThan(0);
      expect(failed(result, 'order', { fromMs: FAULT_MS + 1000, untilMs: Infinity }), 'failed after a second').toBe(0);
    });
  });

  for (const rate of [0.5, 1]) {
    test(`no ${layer} of an AZ that refuses ${rate * 100} % and says that it is well is ejected, nor does it draw requests by refusing fast`, { timeout: TIMEOUT_MS }, () => {
      forEachSeed({ env, count: SEEDS, file }, (seed) => {
        const result = wrong(seed, layer, { ...fail(rate), ...lie('well') });
        expect(ejected(result)).toEqual([]);
        expect(failed(result, 'order', { fromMs: UNTIL_MS - 3000, untilMs: Infinity }), 'still failed at the end').toBeGreaterThan(0);
        // A third of all requests would come to it if they were dealt out, and two thirds did before failures counted as held.
        expect(failedShare(result), 'failed').toBeLessThan(0.25);
      });
    });
  }
}

for (const layer of ['all', 'storefront', 'kitchen', 'load balancer'] as const) {
  test(`an AZ that serves and of which ${layer === 'all' ? 'everything' : `every ${layer}`} says that it is ill is left without a failure`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: SEEDS, file }, (seed) => {
      const result = wrong(seed, layer, lie('ill'));
      expect(ejected(result)).toEqual(['probe-status']);
      expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
      // Its storefronts have others bake.
      if (layer === 'kitchen') return;
      expect(movedMs(result, azOf(seed), FAULT) ?? 0, 'time until traffic has moved').toBeLessThanOrEqual(1000);
      for (const az of AZS.filter((one) => one !== azOf(seed))) expect(Math.abs(shareOf(result, az) - 0.5), `share of ${az}`).toBeLessThan(0.06);
    });
  });
}

for (const [which, count] of [['two AZs say', 2], ['all three say', 3]] as const) {
  test(`${which} that they are ill, and serve: balancers believe none of them for long, and nothing fails`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: SEEDS, file }, (seed) => {
      const others: PlannedFault[] = AZS.filter((az) => az !== azOf(seed)).slice(0, count - 1).map((az) => ({ atMs: FAULT_MS, act: (faults) => faults.tell(az, lie('ill')) }));
      const result = wrong(seed, 'all', lie('ill'), others);
      expect(result.events.filter(({ type }) => type === 'fail-open.entered'), 'balancers that fail open').not.toEqual([]);
      expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
      for (const az of AZS) expect(shareOf(result, az), `share of ${az}`).toBeGreaterThan(0.15);
    });
  });
}

test('an AZ that says it is ill takes over when another dies: headroom is there though health denies it', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env, count: SEEDS, file }, (seed) => {
    const dead = azOf(seed + 1);
    const result = wrong(seed, 'all', lie('ill'), [{ atMs: FAULT_MS + 4000, act: (faults) => faults.kill(dead) }]);
    expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
    expect(late(result) / offered(result, 'order')).toBeLessThan(0.001);
    const { records } = result;
    const after = records.filter((record) => record.kind === 'order' && record.intendedMs > FAULT_MS + 6000);
    expect(after.filter((record) => record.az === azOf(seed)).length / after.length, 'taken by the AZ that lies').toBeGreaterThan(0.2);
  });
});

for (const [what, plan, isEjected] of [
  ['longer than a check may take', lag(400), true],
  ['and whose checks are answered at once', { ...lag(400), ...lie('well') }, false],
] as const) {
  test(`storefronts of an AZ that are slow, ${what}, fail nothing and are mostly left`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: SEEDS, file }, (seed) => {
      const result = wrong(seed, 'storefront', plan);
      expect(ejected(result).length > 0).toBe(isEjected);
      expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
      expect(shareOf(result, azOf(seed))).toBeLessThan(0.1);
    });
  });
}
