/**
 * Runs a program for an activity: its exit code and what it printed are the output. It has a process group of its own, so
 * that with it ends whatever it started; nothing of it outlives a timeout or an interruption.
 * Reference: chaoslib, `provider/process.py`.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { TIMER_MS_MAX, type ProcessCall, type ProcessOutput } from '../world.ts';

/** Of each stream; the rest is read and dropped. */
const OUTPUT_CHARACTERS_MAX = 1_000_000;

/** @throws Error with a sentence when it cannot be started, takes too long, or `signal` is aborted */
export function runProcess({ path, words, timeoutMs }: ProcessCall, signal: AbortSignal): Promise<ProcessOutput> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('it was interrupted before it began'));
    const inGroup = { detached: process.platform !== 'win32', stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
    const child = typeof words === 'string' ? spawn(`${path} ${words}`, { ...inGroup, shell: true }) : spawn(path, words, inGroup);
    let ended: string | null = null;
    const end = (reason: string): void => {
      ended ??= reason;
      endGroup(child.pid);
    };
    const onAbort = (): void => end('it was interrupted');
    const timer = timeoutMs === null ? undefined : setTimeout(() => end(`it took longer than ${timeoutMs / 1000} s`), Math.min(timeoutMs, TIMER_MS_MAX));
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const read = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (read[name].length < OUTPUT_CHARACTERS_MAX) read[name] += text;
      });
    }
    child.once('error', (error) => {
      settle();
      reject(new Error(`${path} cannot be started: ${error.message}`));
    });
    child.once('close', (code, signalName) => {
      settle();
      if (ended === null) resolve({ status: code ?? 128 + (signalName === null ? 0 : constants.signals[signalName]), ...read });
      else reject(new Error(ended));
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
