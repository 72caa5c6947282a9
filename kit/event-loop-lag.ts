/**
 * How late this process runs its own timers: the worst delay of the last second. A process that lagged
 * cannot tell a slow peer from its own slowness, so health answers carry the figure and balancers discard
 * what they measured meanwhile.
 *
 * A timer is due every 50 ms; its delay is the lag. A reader also counts the delay of the timer that is
 * overdue right now: after a freeze the sockets are served before the timers.
 */
const PERIOD_MS = 50;
/** Ticks of one second, both ends counted. */
const SLOTS = 1000 / PERIOD_MS + 1;

/** Keeps the delays of the last second. Times are milliseconds of one monotonic clock. */
export class LagMeter {
  readonly #delaysMs = new Float64Array(SLOTS);
  readonly #atMs = new Float64Array(SLOTS).fill(-Infinity);
  #next = 0;
  #dueMs: number;

  constructor(nowMs: number) {
    this.#dueMs = nowMs + PERIOD_MS;
  }

  /** The timer fired. */
  tick(nowMs: number): void {
    this.#delaysMs[this.#next] = Math.max(0, nowMs - this.#dueMs);
    this.#atMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % SLOTS;
    this.#dueMs = nowMs + PERIOD_MS;
  }

  /** Worst delay of the last second, milliseconds, 0 or more. */
  worstMs(nowMs: number): number {
    let worst = Math.max(0, nowMs - this.#dueMs);
    for (let i = 0; i < SLOTS; i += 1) {
      if (nowMs - (this.#atMs[i] ?? -Infinity) <= 1000) worst = Math.max(worst, this.#delaysMs[i] ?? 0);
    }
    return worst;
  }
}

let meter: LagMeter | null = null;

/** Worst delay of this process's event loop in the last second, milliseconds. Measures from the first call on. */
export function eventLoopLagMs(): number {
  const nowMs = performance.now();
  if (meter === null) {
    const started = new LagMeter(nowMs);
    setInterval(() => started.tick(performance.now()), PERIOD_MS).unref();
    meter = started;
  }
  return meter.worstMs(nowMs);
}
