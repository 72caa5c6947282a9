/**
 * The line that a person sees while an experiment runs. A terminal is updated in place; anything else gets a line every
 * few seconds, so that a log stays readable.
 */
import type { LiveFigures } from '#contracts/runs.ts';
import { LiveLine } from './live-line.ts';

const LOG_MS = 4000;

export function runLineText({ what, elapsedS, offered, answered, shares, run }: LiveFigures): string {
  const byAz = Object.entries(shares).map(([az, share]) => `${az} ${String(Math.round(share * 100)).padStart(2)} %`);
  return (
    `${what} ${elapsedS} s `.padEnd(18) +
    `│ ${offered}/s offered ${answered} answered ${offered - answered} failed │ ${byAz.join(' ')}` +
    (run === null ? '' : ` │ run: ${run.offered} offered ${run.failed} failed`)
  );
}

/** Shows the figures of whatever run is under way, until it ends. */
export class RunLine {
  readonly #line: LiveLine;
  readonly #isTerminal: boolean;
  #shown: { what: string; atMs: number } | null = null;

  constructor(stream: NodeJS.WriteStream) {
    this.#line = new LiveLine(stream);
    this.#isTerminal = stream.isTTY;
  }

  /** In a log: when a phase begins, and every few seconds. @param nowMs of one monotonic clock */
  show(figures: LiveFigures, nowMs = performance.now()): void {
    if (!this.#isTerminal) {
      if (this.#shown !== null && this.#shown.what === figures.what && nowMs < this.#shown.atMs + LOG_MS) return;
      this.#shown = { what: figures.what, atMs: nowMs };
    }
    this.#line.show(runLineText(figures));
  }

  /** What comes next stands on a line of its own. */
  end(): void {
    this.#line.end();
  }
}
