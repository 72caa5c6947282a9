/** Waiting for something instead of for a time: on a busy machine a fixed sleep is either too short or a waste. */
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 250;

/**
 * Asks until the answer is true; a question that throws has no answer yet.
 * @throws Error that names what was waited for, and the last error
 */
export async function waitUntil(what: string, limitMs: number, ask: () => Promise<boolean>): Promise<void> {
  const beganMs = performance.now();
  for (;;) {
    let complaint = '';
    try {
      if (await ask()) return;
    } catch (error) {
      complaint = ` (${(error as Error).message})`;
    }
    if (performance.now() - beganMs > limitMs) throw new Error(`Not within ${limitMs / 1000} s: ${what}${complaint}.`);
    await sleep(EVERY_MS);
  }
}
