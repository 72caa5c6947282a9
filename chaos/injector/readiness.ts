/**
 * Whether a component that was just started serves: its admin address (`/readyz`) and its traffic address
 * (`/healthz`) say so, as far as it has them; a link by its API (`/version`), which it opens after its proxies; an
 * observer is not waited for, since nothing needs it. Asked from outside, because a process that exists is not yet one
 * that answers. Each question is bounded, so that a peer that accepts and says nothing cannot hold a start.
 */
import type { Endpoint, NetworkAddress, Region } from '#contracts/region.ts';
import { callInstance } from './instance-call.ts';
import { pause } from './pause.ts';

const ASK_TIMEOUT_MS = 1000;
const PAUSE_MS = 50;

/** Each must be answered, with 200 unless any status will do. */
export interface ReadyQuestion {
  at: NetworkAddress;
  path: string;
  /** It only asks whether somebody listens: what health says to customers may be a lie, by a fault that is to last. */
  anyStatus?: boolean;
}

/** Empty for a component that answers nothing. Both addresses, because a program opens its admin port first. */
export function readyQuestions({ links }: Region, { name, role, admin, address }: Endpoint): ReadyQuestion[] {
  if (role === 'observer') return [];
  const api = links.find((link) => link.name === name)?.api;
  return [
    ...(admin === null ? [] : [{ at: admin, path: '/readyz' }]),
    ...(address === null ? [] : [{ at: address, path: '/healthz', anyStatus: true }]),
    ...(api === undefined ? [] : [{ at: api, path: '/version' }]),
  ];
}

/** Null when it is ready, else what it answered or why it could not be asked. */
async function askReady(questions: readonly ReadyQuestion[]): Promise<string | null> {
  for (const question of questions) {
    const answer = await ask(question);
    if (answer !== null) return answer;
  }
  return null;
}

async function ask({ at, path, anyStatus = false }: ReadyQuestion): Promise<string | null> {
  try {
    const answer = await callInstance(at, { method: 'GET', path, timeoutMs: ASK_TIMEOUT_MS });
    return answer.status === 200 || anyStatus ? null : `answered ${answer.status} at ${path}: ${answer.text.slice(0, 200)}`;
  } catch (error) {
    return `did not answer at ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Asks until the component is ready.
 * @returns null when it is ready; else the last answer: after `limitMs`, or as soon as `signal` ends the wait
 */
export async function waitUntilReady(questions: readonly ReadyQuestion[], limitMs: number, signal: AbortSignal): Promise<string | null> {
  const endsAtMs = performance.now() + limitMs;
  for (;;) {
    const answer = await askReady(questions);
    if (answer === null || signal.aborted || performance.now() >= endsAtMs) return answer;
    await pause(PAUSE_MS, signal);
  }
}
