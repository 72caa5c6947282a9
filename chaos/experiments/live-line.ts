/**
 * The line that a person sees while an experiment runs. A terminal is updated in place; anything else gets a line every
 * few seconds, so that a log stays readable.
 */
import type { LiveFigures } from '#contracts/runs.ts';

const LOG_MS = 4000;

export function liveLine({ what, elapsedS, offered, answered, shares, run }: LiveFigures): string {
  const byAz = Object.entries(shares).map(([az, share]) => `${az} ${String(Math.round(share * 100)).padStart(2)} %`);
  return (
    `${what} ${elapsedS} s `.padEnd(18) +
    `│ ${offered}/s offered ${answered} answered ${offered - answered} failed │ ${byAz.join(' ')}` +
    (run === null ? '' : ` │ run: ${run.offered} offered ${run.failed} failed`)
  );
}

/** Shows the figures of whatever run is under way, until stopped. */
export class LiveDisplay {
  readonly #stream: NodeJS.WriteStream;
  #shown: { what: string; atMs: number } | null = null;
  #hasLine = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** In a log: when a phase begins, and every few seconds. @param nowMs of one monotonic clock */
  show(figures: LiveFigures, nowMs = performance.now()): void {
    const line = liveLine(figures);
    if (this.#stream.isTTY) {
      this.#hasLine = true;
      this.#stream.write(`\r\x1b[K${line.slice(0, this.#stream.columns - 1)}`);
      return;
    }
    if (this.#shown !== null && this.#shown.what === figures.what && nowMs < this.#shown.atMs + LOG_MS) return;
    this.#shown = { what: figures.what, atMs: nowMs };
    this.#stream.write(`${line}\n`);
  }

  /** What comes next stands on a line of its own. */
  stop(): void {
    if (this.#hasLine) this.#stream.write('\n');
    this.#hasLine = false;
  }
}
