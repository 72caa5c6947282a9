/**
 * Runs one activity with its pauses and says how it went. A probe that got an answer succeeded, whatever the answer is:
 * the tolerance judges. An action of which the program ended with another code than 0, or the request was answered with
 * 400 or more, failed; Chaos Toolkit takes it for done, and an experiment that broke nothing for one that passed.
 */
import type { Activity, HttpProvider, ProcessProvider } from './experiment.ts';
import type { ActivityRun } from './journal.ts';
import { request, type HttpOutput } from './providers/http.ts';
import { filledIn, type Variables } from './variables.ts';
import { TIMER_MS_MAX, type ProcessOutput, type World } from './world.ts';

const HTTP_ERROR = 400;

/** Never rejects. */
export async function runActivity(activity: Activity, variables: Variables, world: World, signal: AbortSignal): Promise<ActivityRun> {
  const pauses = filledIn(activity.pauses ?? {}, variables) as { before?: unknown; after?: unknown };
  await world.pause(milliseconds(pauses.before), signal);
  const startMs = world.nowMs();
  const outcome = await attempt(activity, variables, world, signal);
  const endMs = world.nowMs();
  await world.pause(milliseconds(pauses.after), signal);
  return { activity, output: null, start: new Date(startMs).toISOString(), ...outcome, end: new Date(endMs).toISOString(), duration: (endMs - startMs) / 1000 };
}

async function attempt(activity: Activity, variables: Variables, world: World, signal: AbortSignal): Promise<Pick<ActivityRun, 'status' | 'exception'> & { output?: unknown }> {
  if (signal.aborted) return { status: 'aborted', exception: ['it was interrupted before it began'] };
  const provider = filledIn(activity.provider, variables) as Activity['provider'];
  try {
    const output = provider.type === 'process' ? await world.runProcess(callOf(provider), signal) : await request(provider, world.fetch, signal);
    const failure = activity.type === 'action' ? failureOf(provider, output) : null;
    return failure === null ? { status: 'succeeded', output } : { status: 'failed', output, exception: [failure] };
  } catch (error) {
    return { status: signal.aborted ? 'aborted' : 'failed', exception: [error instanceof Error ? error.message : String(error)] };
  }
}

function callOf({ path, arguments: given = [], timeout }: ProcessProvider): { path: string; words: string | string[]; timeoutMs: number | null } {
  return { path, words: wordsOf(given), timeoutMs: timeout === undefined ? null : timeout * 1000 };
}

/** A variable may have made a number, or anything, of them. */
function wordsOf(given: unknown): string | string[] {
  if (typeof given !== 'object' || given === null) return String(given ?? '');
  return (Array.isArray(given) ? (given as unknown[]) : Object.entries(given).flat()).filter((word) => word !== null && word !== '').map(String);
}

function failureOf(provider: HttpProvider | ProcessProvider, output: ProcessOutput | HttpOutput): string | null {
  if (provider.type === 'http') return output.status < HTTP_ERROR ? null : `it was answered with ${output.status}`;
  if (output.status === 0) return null;
  const said = 'stderr' in output ? output.stderr.trim().split('\n').at(-1) : '';
  return `it ended with ${output.status}${said === '' ? '' : `: ${said}`}`;
}

/** Of seconds; 0 for what is no number. */
function milliseconds(seconds: unknown): number {
  const number = Number(seconds ?? 0);
  return Number.isFinite(number) && number > 0 ? Math.min(number * 1000, TIMER_MS_MAX) : 0;
}
