/**
 * Work that leaves something running until it is cleaned up: also after Ctrl-C, a SIGTERM or a failure, and once. A
 * signal ends what runs and gives the work a moment to come to its own end; then it is no longer waited for.
 */
import { constants } from 'node:os';
import { endRunning } from './command.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const OWN_END_MS_MAX = 15_000;

/** What the work came to; ends this process after a signal. */
export async function withCleanUp<T>(work: () => Promise<T>, cleanUp: () => Promise<void>, say: (text: string) => void): Promise<T> {
  let stoppedBy: NodeJS.Signals | null = null;
  let giveUp = (): void => undefined;
  const givenUp = new Promise<null>((resolve) => (giveUp = () => resolve(null)));
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppedBy !== null) return;
    stoppedBy = signal;
    say('stopping …');
    endRunning();
    setTimeout(giveUp, OWN_END_MS_MAX).unref();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const working = work();
  // One that fails after it was given up has nobody left to tell.
  working.catch(() => undefined);
  try {
    return (await Promise.race([working, givenUp])) as T;
  } finally {
    await cleanUp();
    for (const signal of SIGNALS) process.off(signal, stop);
    if (stoppedBy !== null) process.exit(128 + constants.signals[stoppedBy as NodeJS.Signals]);
  }
}
