/**
 * What a program prints goes into a file, never to the terminal: twenty programs on one screen hide the one
 * line that matters. The file is bounded (two of 1 MiB each), and so is what waits to be written. A full
 * disk loses lines, never a program: its pipe is always read.
 */
import { createWriteStream, renameSync, rmSync, statSync, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';

const FILE_BYTES_MAX = 1024 * 1024;
const WAITING_BYTES_MAX = 256 * 1024;
const TAIL_LINES = 20;
const LINE_LENGTH_MAX = 2000;

export class RotatingLog {
  readonly path: string;
  readonly #bytesMax: number;
  #file: WriteStream | null = null;
  #bytes = 0;
  #tail: string[] = [];

  constructor(path: string, bytesMax = FILE_BYTES_MAX) {
    this.path = path;
    this.#bytesMax = bytesMax;
  }

  /** Reads the stream to its end, whatever becomes of the file. */
  take(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      this.#write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = (lines.pop() ?? '').slice(-LINE_LENGTH_MAX);
      this.#remember(lines);
    });
    stream.on('end', () => this.#remember([rest]));
    stream.on('error', () => {});
  }

  /** Last lines, oldest first. */
  tail(): string[] {
    return [...this.#tail];
  }

  /** Forgets the lines of an earlier start; the file keeps them. */
  clearTail(): void {
    this.#tail = [];
  }

  close(): void {
    this.#file?.end();
    this.#file = null;
  }

  #remember(lines: string[]): void {
    const kept = lines.filter((line) => line.trim() !== '').map((line) => line.slice(0, LINE_LENGTH_MAX));
    this.#tail = [...this.#tail, ...kept].slice(-TAIL_LINES);
  }

  #write(chunk: string): void {
    const bytes = Buffer.byteLength(chunk);
    if (this.#file !== null && this.#bytes + bytes > this.#bytesMax) this.#rotate();
    const file = this.#file ?? this.#open();
    if (file.writableLength > WAITING_BYTES_MAX) return;
    this.#bytes += bytes;
    file.write(chunk);
  }

  #open(): WriteStream {
    this.#bytes = sizeOf(this.path);
    const file = createWriteStream(this.path, { flags: 'a', mode: 0o600 });
    // Tried again with the next line: the disk may have room by then.
    file.on('error', () => {
      if (this.#file === file) this.#file = null;
    });
    this.#file = file;
    return file;
  }

  #rotate(): void {
    this.close();
    try {
      renameSync(this.path, `${this.path}.1`);
    } catch {
      rmSync(this.path, { force: true });
    }
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
