/** Waiting for something instead of for a time: a test that sleeps is slow on a quick machine and red on a slow one. */
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 200;

/**
 * Asks again and again until the answer is something; a question that throws has no answer yet.
 * @returns the answer, and how long it took
 * @throws Error that names what was waited for and the last answer or error
 */
export async function waitUntil<T>(what: string, limitMs: number, ask: () => Promise<T | null | false>): Promise<{ answer: T; tookMs: number }> {
  const startedMs = performance.now();
  let last: unknown = null;
  do {
    try {
      const answer = await ask();
      if (answer !== null && answer !== false) return { answer, tookMs: performance.now() - startedMs };
      last = answer;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    await sleep(EVERY_MS);
  } while (performance.now() - startedMs < limitMs);
  throw new Error(`${what}: not within ${limitMs / 1000} s (last: ${String(last)})`);
}
