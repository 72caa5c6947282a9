/**
 * The clock of a program: a monotonic one, so that a stepped wall clock moves no deadline, with its timer.
 * Tests put a stepped clock in its place.
 */
export interface Clock {
  /** Milliseconds with fractions, never going back; the zero is arbitrary. */
  nowMs(): number;
  /** Wall clock, milliseconds since the epoch; may jump. */
  wallMs(): number;
  /**
   * Calls `callback` once, `delayMs` from now: up to a millisecond early, because Node's timers count whole
   * ones, or late; after 24 days at the latest. Who must not act early looks at the clock again.
   * @returns cancels it
   */
  after(delayMs: number, callback: () => void): () => void;
}

/** What a timer of Node holds. */
const DELAY_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, callback) => {
    // Node cuts fractions off, and fires a longer delay than it can hold at once.
    const timer = setTimeout(callback, Math.min(DELAY_MS_MAX, Math.max(0, Math.ceil(delayMs))));
    return () => clearTimeout(timer);
  },
};
