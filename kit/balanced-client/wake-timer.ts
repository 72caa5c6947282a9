/**
 * The one timer of a balanced client. Nearly every event asks to be woken at some time; setting a timer for
 * each would cost more than the decisions, so the timer is moved only when something is due earlier than it
 * is set for, and a wake-up that became needless asks anew.
 */
export class WakeTimer {
  readonly #onWake: (lagMs: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Infinity;

  /** @param onWake told how late the timer was, milliseconds */
  constructor(onWake: (lagMs: number) => void) {
    this.#onWake = onWake;
  }

  /** Wakes no later than this, monotonic milliseconds; Infinity asks for nothing. */
  wakeBy(atMs: number): void {
    if (atMs >= this.#dueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = atMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, Math.ceil(atMs - performance.now())));
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueMs = Infinity;
  }

  #wake(): void {
    const lagMs = Math.max(0, performance.now() - this.#dueMs);
    this.#timer = null;
    this.#dueMs = Infinity;
    this.#onWake(lagMs);
  }
}
