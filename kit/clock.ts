/**
 * The clock of a program: a monotonic one, so that a stepped wall clock moves no deadline, with its timer.
 * Tests put a stepped clock in its place.
 */
export interface Clock {
  /** Milliseconds with fractions, never going back; the zero is arbitrary. */
  nowMs(): number;
  /** Wall clock, milliseconds since the epoch; may jump. */
  wallMs(): number;
  /** Calls `callback` once, `delayMs` or a little more from now. @returns cancels it */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, callback) => {
    // Node cuts fractions off and would fire early.
    const timer = setTimeout(callback, Math.max(0, Math.ceil(delayMs)));
    return () => clearTimeout(timer);
  },
};
