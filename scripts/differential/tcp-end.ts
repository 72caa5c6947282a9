/**
 * One end of a TCP connection, watched: what it got, and how it ended (a clean end of stream, a reset, or not
 * at all). Guards against a suite that takes a reset for a close: the two mean different faults.
 */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';

export type Ending = 'open' | 'eof' | 'reset';

/** Beyond this, bytes are shown by their number and digest. */
const SHOWN_BYTES_MAX = 60;

export class TcpEnd {
  readonly socket: Socket;
  /** Bytes since the beginning. */
  total = 0;
  ending: Ending = 'open';
  readonly #chunks: Buffer[] = [];
  #held = 0;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => this.#end('reset'));
    socket.on('end', () => this.#end('eof'));
    socket.on('close', () => this.#end('eof'));
    socket.on('data', (chunk: Buffer) => {
      this.total += chunk.length;
      this.#held += chunk.length;
      this.#chunks.push(chunk);
      this.#tell();
    });
  }

  /** Waits until `met`, at most `waitMs`; what has then arrived is what counts. */
  async until(met: (end: TcpEnd) => boolean, waitMs: number): Promise<void> {
    const stopAt = performance.now() + waitMs;
    while (!met(this)) {
      const leftMs = stopAt - performance.now();
      if (leftMs <= 0) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(limit);
          this.#waiting.delete(wake);
          resolve();
        };
        const limit = setTimeout(wake, leftMs);
        this.#waiting.add(wake);
      });
    }
  }

  /** Takes what came, at most `bytesMax`, as text or as number and digest. */
  take(bytesMax: number): string {
    const all = Buffer.concat(this.#chunks.splice(0));
    const taken = all.subarray(0, bytesMax);
    const rest = all.subarray(taken.length);
    if (rest.length > 0) this.#chunks.push(rest);
    this.#held = rest.length;
    if (taken.length <= SHOWN_BYTES_MAX) return JSON.stringify(taken.toString('latin1'));
    return `${taken.length} bytes ${createHash('sha256').update(taken).digest('hex').slice(0, 12)}`;
  }

  /** Bytes that came and were not taken. */
  get held(): number {
    return this.#held;
  }

  #end(ending: Ending): void {
    if (this.ending === 'open') this.ending = ending;
    this.#tell();
  }

  #tell(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
