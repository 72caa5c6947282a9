/**
 * A timeout that reads its mail first. When the event loop was late, timers run before sockets are read (libuv: timers,
 * then poll, then check), so that a connection or an answer which came in good time would lose against the timer. One
 * poll is let pass, and what was waiting has cancelled the timeout by then. On a host whose processors are scarce this
 * decides whether one's own pause looks like the death of everybody else.
 * Reference: https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
 */

/**
 * @param onTimeout told how late it is, milliseconds
 * @returns cancels it
 */
export function startTimeout(ms: number, onTimeout: (lateMs: number) => void): () => void {
  const dueMs = performance.now() + ms;
  let cancelled = false;
  const timer = setTimeout(() => {
    setImmediate(() => {
      if (!cancelled) onTimeout(Math.max(0, performance.now() - dueMs));
    });
  }, ms);
  return () => {
    cancelled = true;
    clearTimeout(timer);
  };
}
