/**
 * Brings components back, going by what they are and not by what was done to them: the frozen go on, the
 * detached get their networks back, the dead start. Beside a region under load the dead start a few at a time and gently, because an AZ that
 * returns all at once takes the processor from those who carry its customers (a restart storm).
 */
import type { Endpoint } from '#contracts/region.ts';
import type { Driver } from './driver.ts';
import { startAll, startOrder } from './start-order.ts';

export interface Restored {
  /** What was brought back. */
  healed: string[];
  /** What runs now, of all that was asked for. */
  running: string[];
  remains: { name: string; reason: string }[];
  /** Wall clock, when the last of them was let go on or had its start ordered. */
  acknowledgedMs: number;
}

/** @param onReady awaited for each component that started anew, before it counts as healed */
export async function restore(
  driver: Driver,
  endpoints: readonly Endpoint[],
  names: readonly string[],
  onReady: (name: string) => Promise<void>,
): Promise<Restored> {
  const inspected = driver.components().filter(({ name }) => names.includes(name));
  const held = inspected.filter(({ state }) => state === 'frozen' || state === 'detached');
  const down = endpoints.filter(({ name }) => inspected.some((one) => one.name === name && (one.state === 'dead' || one.state === 'starting')));
  const reasons = new Map<string, string>();

  let acknowledgedMs = Date.now();
  const thawing = inspected.filter(({ state }) => state !== 'dead').map(async ({ name }) => {
    try {
      acknowledgedMs = Math.max(acknowledgedMs, (await driver.thaw(name)).atMs);
    } catch (error) {
      reasons.set(name, error instanceof Error ? error.message : String(error));
    }
  });
  const failures = await startAll(driver, startOrder(down), { atOnce: driver.restartsAtOnce, gently: true });
  for (const [name, error] of failures) reasons.set(name, error.message);
  await Promise.all(thawing);
  const started = down.filter(({ name }) => !failures.has(name));
  await Promise.all(started.map(({ name }) => onReady(name)));

  const now = driver.components().filter(({ name }) => names.includes(name));
  for (const { name, state } of now) if (state !== 'running' && !reasons.has(name)) reasons.set(name, `is ${state}`);
  const broken = [...held, ...down].map(({ name }) => name);
  return {
    healed: now.filter(({ name }) => broken.includes(name) && !reasons.has(name)).map(({ name }) => name),
    running: now.filter(({ name }) => !reasons.has(name)).map(({ name }) => name),
    remains: [...reasons].map(([name, reason]) => ({ name, reason })),
    acknowledgedMs,
  };
}
