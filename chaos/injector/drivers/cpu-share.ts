/**
 * Which share of a core something used lately, from what it had used at two or more moments. One sample says nothing,
 * and an old one would spread a burst of now over minutes of rest.
 */

/** Share of one core between the oldest and the newest sample of the last few seconds. */
export class CpuShare {
  readonly #samples: { atMs: number; cpuSeconds: number }[] = [];
  readonly #windowMs: number;

  constructor(windowMs = 5000) {
    this.#windowMs = windowMs;
  }

  /** @param nowMs monotonic clock */
  add(cpuSeconds: number, nowMs: number): void {
    this.#samples.push({ atMs: nowMs, cpuSeconds });
    while (this.#samples.length > 2 && nowMs - (this.#samples[0]?.atMs ?? nowMs) > this.#windowMs) this.#samples.shift();
  }

  value(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
    return Math.max(0, (last.cpuSeconds - first.cpuSeconds) / ((last.atMs - first.atMs) / 1000));
  }

  clear(): void {
    this.#samples.length = 0;
  }
}
