/**
 * The toxics of one proxy: in order of creation, names unique over both directions, and those with a time to
 * live removed by the server itself, so that a fault does not outlive an author who died.
 */
import type { Clock } from '#kit/clock.ts';
import type { Toxic } from './toxic.ts';

export class Toxics {
  readonly #clock: Clock;
  readonly #onExpired: (name: string) => void;
  readonly #byName = new Map<string, Toxic>();
  readonly #stopExpiry = new Map<string, () => void>();

  /** @param onExpired is to remove the toxic of that name */
  constructor(clock: Clock, onExpired: (name: string) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  get(name: string): Toxic | undefined {
    return this.#byName.get(name);
  }

  /** In order of creation. */
  all(): Toxic[] {
    return [...this.#byName.values()];
  }

  /** As the API lists them: those of the upstream stream first. */
  listed(): Toxic[] {
    const all = this.all();
    return [...all.filter((toxic) => toxic.stream === 'upstream'), ...all.filter((toxic) => toxic.stream === 'downstream')];
  }

  /** Adds the toxic, or replaces that of its name in its place; `renewed` starts its time to live. */
  set(toxic: Toxic, renewed: boolean): void {
    this.#byName.set(toxic.name, toxic);
    if (!renewed || toxic.ttlMs === null) return;
    this.#stopExpiry.get(toxic.name)?.();
    this.#stopExpiry.set(toxic.name, this.#clock.after(toxic.ttlMs, () => this.#onExpired(toxic.name)));
  }

  delete(name: string): void {
    this.#stopExpiry.get(name)?.();
    this.#stopExpiry.delete(name);
    this.#byName.delete(name);
  }

  /** Nothing expires any more. */
  forget(): void {
    for (const stop of this.#stopExpiry.values()) stop();
    this.#stopExpiry.clear();
  }
}
