/**
 * Ctrl-C during something that must be undone: the first one asks it to end in order (heal, write, stop), a
 * second one ends this process at once. SIGTERM and a closed terminal count alike.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import { progress } from '#kit/command-line.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** Signals end the process again as they did before. */
  dispose(): void;
}

/** @param first what the person is told when it begins to end */
export function onInterruption(first: string): Interruption {
  const ending = new AbortController();
  const leave = (): void => {
    // Whatever this process holds dies with it: leases run out, an embedded region's children end.
    if (ending.signal.aborted) process.exit(EXIT.ABORTED);
    progress(`\n${first} Ctrl-C again ends at once.`);
    ending.abort();
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  return {
    signal: ending.signal,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, leave);
    },
  };
}
