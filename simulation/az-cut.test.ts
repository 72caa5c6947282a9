import { expect, test } from 'vitest';
import { azOf, FAULT_MS, PEAK, TIMEOUT_MS, UNTIL_MS } from './az-faults.fixture.ts';
import { failed, movedMs, offered } from './figures.ts';
import type { Interference } from './network.ts';
import { run, type PlannedFault } from './run.ts';
import { forEachSeed } from './seeds.ts';

const file = import.meta.filename;
const { env } = process;

const CUTS: [string, (az: string) => Interference][] = [
  ['nothing that comes from outside reaches an AZ', (az) => (from, to) => (to.az === az && from.az !== az ? 'lose' : 0)],
  ['an AZ cannot reach another', (az) => (from, to) => (from.az === az && to.az !== null && to.az !== az ? 'lose' : 0)],
  ['two AZs cannot reach each other', (az) => (from, to) => (from.az !== null && to.az !== null && from.az !== to.az && from.az !== az && to.az !== az ? 'lose' : 0)],
];

for (const [what, interferenceOf] of CUTS) {
  test(`when ${what}, nothing fails at peak`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: 6, file }, (seed) => {
      const interference = interferenceOf(azOf(seed));
      const cut: PlannedFault = { atMs: FAULT_MS + ((seed * 37) % 500), act: (_faults, { network }) => { network.interference = interference; } };
      const { violations, events, ...result } = run({ seed, ratePerSecond: PEAK, untilMs: UNTIL_MS, faults: [cut] });
      expect(violations).toEqual([]);
      expect(events.filter((event) => event.type === 'target.ejected' && event.atMs > FAULT_MS), 'what was taken out').not.toEqual([]);
      expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
    });
  });
}

for (const slowerMs of [260, 400]) {
  test(`an AZ that everything takes ${slowerMs} ms longer into is left within 3 s, though it answers all the time`, { timeout: TIMEOUT_MS }, () => {
    forEachSeed({ env, count: 6, file }, (seed) => {
      const az = azOf(seed);
      const atMs = FAULT_MS + ((seed * 37) % 500);
      const slow: PlannedFault = {
        atMs,
        act: (_faults, { network }) => {
          network.interference = (from, to) => (to.az === az && from.az !== az ? slowerMs : 0);
        },
      };
      const result = run({ seed, ratePerSecond: PEAK, untilMs: UNTIL_MS, faults: [slow] });
      expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
      expect(movedMs(result, az, { fromMs: atMs, untilMs: Infinity })).toBeLessThanOrEqual(3000);
    });
  });
}

test('an AZ that is shifted away gets nothing new after a second, fails nothing, and takes its share again afterwards', { timeout: TIMEOUT_MS }, () => {
  forEachSeed({ env, count: 4, file }, (seed) => {
    const az = azOf(seed);
    const shift: PlannedFault = {
      atMs: FAULT_MS,
      act: (_faults, { clients }) => {
        for (const client of clients.values()) client.shift(az, FAULT_MS + 8000);
      },
    };
    const { violations, ...result } = run({ seed, ratePerSecond: PEAK, untilMs: FAULT_MS + 20_000, faults: [shift] });
    expect(violations).toEqual([]);
    expect(failed(result, 'order') + failed(result, 'menu')).toBe(0);
    const served = (fromMs: number, untilMs: number): number => offered({ records: result.records.filter((record) => record.az === az) }, 'order', { fromMs, untilMs });
    expect(served(FAULT_MS + 1000, FAULT_MS + 8000)).toBe(0);
    expect(served(FAULT_MS + 10_000, FAULT_MS + 20_000)).toBeGreaterThan(800);
  });
});
