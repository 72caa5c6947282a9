import { expect, test } from 'vitest';
import { azOf, AZS, PEAK, REST, TIMEOUT_MS } from './az-faults.fixture.ts';
import { balancedMs, failed } from './figures.ts';
import { run, type RunResult } from './run.ts';
import { forEachSeed } from './seeds.ts';

const file = import.meta.filename;
const { env } = process;
const BALANCED_MS_MAX = 60_000;

/** An AZ is lost for 12 s and comes back: dead processes boot, frozen ones go on with what had queued. */
function loseAndReturn(seed: number, ratePerSecond: number, verb: 'kill' | 'freeze'): { result: RunResult; healMs: number } {
  const az = azOf(seed);
  const faultMs = 4000 + ((seed * 37) % 500);
  const healMs = faultMs + 12_000;
  const result = run({
    seed,
    ratePerSecond,
    untilMs: healMs + BALANCED_MS_MAX,
    faults: [
      { atMs: faultMs, act: (faults) => faults[verb](az) },
      { atMs: healMs, act: (faults) => faults.heal(az) },
    ],
    isDone: ({ customers, time }) => time.nowMs > healMs && time.nowMs % 5000 === 0 && balancedMs(customers, AZS, healMs) !== null,
  });
  return { result, healMs };
}

for (const verb of ['kill', 'freeze'] as const) {
  for (const [when, ratePerSecond, count] of [['at peak', PEAK, 8], ['at rest', REST, 8]] as const) {
    test(`an AZ that returns ${when} from a ${verb} fails nothing, and takes its share within a minute`, { timeout: TIMEOUT_MS }, () => {
      forEachSeed({ env, count, file }, (seed) => {
        const { result, healMs } = loseAndReturn(seed, ratePerSecond, verb);
        expect(result.violations).toEqual([]);
        expect(failed(result, 'order'), 'failed orders').toBe(0);
        expect(failed(result, 'menu'), 'failed menus').toBe(0);
        expect(balancedMs(result, AZS, healMs), 'time to balanced').not.toBeNull();
      });
    });
  }
}

test('a killed replica is trusted slowly: it gets less than its share in the first seconds after its return', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env, count: 4, file }, (seed) => {
    const healMs = 8000;
    let sentEarly = 0;
    let sentLater = 0;
    const sent = (region: RunResult['region']): number => region.clients.get('front-door')!.firstAttempts()['az1']!.sent;
    let before = 0;
    let early = 0;
    run({
      seed, ratePerSecond: PEAK, untilMs: healMs + 30_000,
      faults: [
        { atMs: 3000, act: (faults) => faults.kill('az1') },
        { atMs: healMs, act: (faults) => faults.heal('az1') },
        { atMs: healMs + 2000, act: (_faults, region) => { before = sent(region); } },
        { atMs: healMs + 4000, act: (_faults, region) => { early = sent(region); sentEarly = early - before; } },
        { atMs: healMs + 28_000, act: (_faults, region) => { before = sent(region); } },
        { atMs: healMs + 30_000, act: (_faults, region) => { sentLater = sent(region) - before; } },
      ],
    });
    expect(sentLater).toBeGreaterThan(0);
    expect(sentEarly / sentLater).toBeLessThan(0.75);
  });
});
