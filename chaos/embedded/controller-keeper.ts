/**
 * Brings the controller of a region of processes back when it ended by itself. Replicas are left dead, since their death is
 * what is looked at; without the controller nobody could look, nor heal.
 */
import { restartAfterMs } from '#policy/restart-backoff.ts';
import { pause } from '../injector/pause.ts';

export class ControllerKeeper {
  readonly #start: () => Promise<void>;
  readonly #closed = new AbortController();
  #waitMs: number | null = null;
  #startedMs = performance.now();
  #isAway = false;

  /** @param start rejects when it does not become ready */
  constructor(start: () => Promise<void>) {
    this.#start = start;
  }

  /** It ended. Nothing happens while it is being brought back already. */
  ended(): void {
    if (this.#isAway) return;
    this.#isAway = true;
    void this.#bringBack();
  }

  /** It stays as it is from now on. */
  close(): void {
    this.#closed.abort();
  }

  async #bringBack(): Promise<void> {
    for (;;) {
      this.#waitMs = restartAfterMs(this.#waitMs, performance.now() - this.#startedMs);
      await pause(this.#waitMs, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      this.#startedMs = performance.now();
      const isUp = await this.#start().then(() => true, () => false);
      if (isUp) break;
    }
    this.#isAway = false;
  }
}
