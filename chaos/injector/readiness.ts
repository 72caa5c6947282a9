/**
 * Whether a component that was just started serves: its admin address (`/readyz`) and its traffic address
 * (`/healthz`) say so, as far as it has them. Asked from outside, because a process that exists is not yet
 * one that answers. Each question is bounded, so that a peer that accepts and says nothing cannot hold a start.
 */
import type { Endpoint, NetworkAddress } from '#contracts/region.ts';
import { callInstance } from './instance-call.ts';

const ASK_TIMEOUT_MS = 1000;
const PAUSE_MS = 50;

/** Null when it is ready, else what it answered or why it could not be asked. */
async function askReady({ admin, address }: Endpoint): Promise<string | null> {
  // Both, because a program opens its admin port first.
  const questions = [admin === null ? null : { at: admin, path: '/readyz' }, address === null ? null : { at: address, path: '/healthz' }];
  for (const question of questions) {
    const answer = question === null ? null : await ask(question.at, question.path);
    if (answer !== null) return answer;
  }
  return null;
}

async function ask(at: NetworkAddress, path: string): Promise<string | null> {
  try {
    const answer = await callInstance(at, { method: 'GET', path, timeoutMs: ASK_TIMEOUT_MS });
    return answer.status === 200 ? null : `answered ${answer.status} at ${path}: ${answer.text.slice(0, 200)}`;
  } catch (error) {
    return `did not answer at ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Asks until the component is ready.
 * @returns null when it is ready; else the last answer: after `limitMs`, or as soon as `signal` ends the wait
 */
export async function waitUntilReady(endpoint: Endpoint, limitMs: number, signal: AbortSignal): Promise<string | null> {
  const endsAtMs = performance.now() + limitMs;
  for (;;) {
    const answer = await askReady(endpoint);
    if (answer === null || signal.aborted || performance.now() >= endsAtMs) return answer;
    await pause(PAUSE_MS, signal);
  }
}

/** Resolves after `ms`, or at once when `signal` is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
