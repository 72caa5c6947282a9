/** A clock that stands still until a test steps it: timers fire in order, at their exact times. */
import type { Clock } from './clock.ts';

export interface SteppedClock extends Clock {
  /** Lets `ms` pass and fires what became due, in order of time. */
  step(ms: number): void;
  /** Timers that are set. */
  readonly pending: number;
}

/** @param startMs monotonic time at the start; the wall clock runs `wallOffsetMs` ahead of it */
export function createSteppedClock(startMs = 0, wallOffsetMs = 0): SteppedClock {
  let nowMs = startMs;
  let timers: { atMs: number; callback: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs + wallOffsetMs,
    after: (delayMs, callback) => {
      const timer = { atMs: nowMs + Math.max(0, delayMs), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    step: (ms) => {
      const endMs = nowMs + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        timers = timers.filter((timer) => timer !== due);
        nowMs = Math.max(nowMs, due.atMs);
        due.callback();
      }
      nowMs = endMs;
    },
    get pending() {
      return timers.length;
    },
  };
}
