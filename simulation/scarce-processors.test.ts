import { expect, test } from 'vitest';
import { TIMEOUT_MS } from './az-faults.fixture.ts';
import { attemptsPerRequestMax, failed, offered } from './figures.ts';
import { run, type PlannedFault } from './run.ts';
import { forEachSeed } from './seeds.ts';

const file = import.meta.filename;
const { env } = process;
const FAULT_MS = 4000;
/** 48 ovens, 80 ms a bake. */
const OVENS_PER_SECOND = 600;

/** Bakes of about 150 ms, none of which lasts as long as what is left of a customer's second. */
const EVEN_KITCHEN = { ovens: 8, bakeMeanMs: 150, bakeCv: 0.2 };

/** Orders take this much longer from the front door into every AZ, as on one host whose processors are scarce. */
function slowAlike(slowerMs: number): PlannedFault {
  return {
    atMs: FAULT_MS,
    act: (_faults, { network }) => {
      network.interference = (from, _to, request) => (request.kind === 'order' && from.name === 'front-door' ? slowerMs : 0);
    },
  };
}

test('a region that is slow alike everywhere answers late and fails nothing: a try that timed out is still in the race', { timeout: TIMEOUT_MS }, () => {
  let timeouts = 0;
  forEachSeed({ env, count: 6, file }, (seed) => {
    const { violations, resends, ...result } = run({ seed, ratePerSecond: 100, untilMs: FAULT_MS + 6000, faults: [slowAlike(500)], shape: { kitchen: EVEN_KITCHEN } });
    expect(violations).toEqual([]);
    timeouts += resends.length;
    expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
    expect(attemptsPerRequestMax({ ...result, violations, resends })).toBeLessThanOrEqual(1.1);
  });
  expect(timeouts, 'tries that timed out').toBeGreaterThan(0);
});

test('at a quarter more orders than the ovens can bake, a third of what they could bake still reaches its customer', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env, count: 2, file }, (seed) => {
    const untilMs = 16_000;
    const stretch = { fromMs: 6000, untilMs };
    const result = run({ seed, ratePerSecond: OVENS_PER_SECOND * 1.25, untilMs });
    expect(result.violations).toEqual([]);
    const answered = offered(result, 'order', stretch) - failed(result, 'order', stretch);
    expect(answered / (((untilMs - stretch.fromMs) / 1000) * OVENS_PER_SECOND)).toBeGreaterThan(1 / 3);
  });
});
