/**
 * A line about the present moment: rewritten in place on a terminal, a line of its own per call elsewhere
 * (a log, a CI job), so that nothing is lost and no control characters land in a file.
 */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    if (!this.#stream.isTTY) {
      this.#stream.write(`${text}\n`);
      return;
    }
    // One column short: a full line would wrap, and the next rewrite would leave its head behind.
    this.#stream.write(`\r\u001B[2K${text.slice(0, Math.max(20, this.#stream.columns - 1))}`);
    this.#shown = true;
  }

  /** Ends the line, so that what comes next begins on one of its own. */
  end(): void {
    if (this.#shown) this.#stream.write('\n');
    this.#shown = false;
  }
}
