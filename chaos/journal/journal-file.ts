/**
 * A journal on disk, one file of JSON lines. It guards against what outlives the process that began it: what is about to
 * be done is on disk before it is done, so that whoever starts next knows of it.
 *
 * Writing again whole is the one repair: at the start, when the file has grown, and after a failed write, whose half line
 * would spoil the next. A file is replaced by rename, so that a crash leaves the old one or the new one.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { AzimuthError } from '#contracts/errors.ts';
import { writeWhole } from '#kit/region/write-whole.ts';
import { readLines, textOf, type JournalFormat, type JournalReading } from './json-lines.ts';

/** A file that is longer is written again. */
const BYTES_MAX = 1024 ** 2;

export interface Journal<Line, State> {
  /** What its lines come to. */
  readonly state: State;
  /** Why the last line could not be written, one sentence; null when it could. */
  readonly trouble: string | null;
  /** Resolves when the line is on disk. What happened counts in `state` at once; what is intended does once it is written. @throws AzimuthError, the format's refusal */
  append(line: Line): Promise<void>;
}

export class JournalFile<Line, State> implements Journal<Line, State> {
  readonly state: State;
  /** What was wrong with what an earlier start left. */
  readonly found: Omit<JournalReading<State>, 'state'>;
  readonly #format: JournalFormat<Line, State>;
  readonly #path: string;
  readonly #nowMs: () => number;
  /** Open for appending; null until the file was written whole. */
  #file: FileHandle | null = null;
  #bytes = 0;
  #last: Promise<unknown>;
  #trouble: string | null = null;
  /** A file that cannot be read must not be replaced. */
  readonly #isReadable: boolean;

  /** Never rejects: where the file cannot be read or written, `trouble` says why. @param nowMs the wall clock */
  static async open<Line, State>(path: string, format: JournalFormat<Line, State>, nowMs: () => number = Date.now): Promise<JournalFile<Line, State>> {
    const journal = new JournalFile(path, format, nowMs);
    await journal.#last;
    return journal;
  }

  private constructor(path: string, format: JournalFormat<Line, State>, nowMs: () => number) {
    this.#path = path;
    this.#format = format;
    this.#nowMs = nowMs;
    const read = readFile(path);
    const { state, ...found } = typeof read === 'string' ? { state: format.empty(), unreadable: [], isTorn: false } : readLines(format, read);
    this.state = state;
    this.found = found;
    this.#isReadable = typeof read !== 'string';
    this.#trouble = typeof read === 'string' ? read : null;
    this.#last = this.#isReadable ? this.#rewrite().catch((error: unknown) => this.#fail(error)) : Promise.resolve();
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  append(line: Line): Promise<void> {
    if (!this.#format.isIntent(line)) this.#format.add(this.state, line);
    const written = this.#last.then(() => this.#write(line));
    this.#last = written.catch(() => undefined);
    return written;
  }

  /** Resolves when everything that was appended is on disk or was refused. */
  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close();
    this.#file = null;
  }

  async #write(line: Line): Promise<void> {
    try {
      if (!this.#isReadable) throw new Error(this.#trouble ?? 'it cannot be read');
      if (this.#file === null || this.#bytes > BYTES_MAX) await this.#rewrite();
      const bytes = Buffer.from(textOf(line));
      await this.#file?.appendFile(bytes);
      await this.#file?.sync();
      this.#bytes += bytes.length;
    } catch (error) {
      await this.#fail(error);
      throw new AzimuthError(this.#format.refusal, this.#trouble ?? undefined);
    }
    this.#trouble = null;
    if (this.#format.isIntent(line)) this.#format.add(this.state, line);
  }

  async #rewrite(): Promise<void> {
    await this.#drop();
    const text = this.#format.compact(this.state, this.#nowMs()).map(textOf).join('');
    const folder = dirname(this.#path);
    mkdirSync(folder, { recursive: true });
    writeWhole(this.#path, text);
    await syncFolder(folder);
    this.#file = await open(this.#path, 'a');
    this.#bytes = Buffer.byteLength(text);
  }

  async #fail(error: unknown): Promise<void> {
    await this.#drop();
    this.#trouble = error instanceof Error ? error.message : String(error);
  }

  async #drop(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => undefined);
  }
}

/** What is wrong with it, for those who look after it. */
export function tellTrouble(log: Pick<Logger, 'warn' | 'error'>, { found, trouble }: Pick<JournalFile<unknown, unknown>, 'found' | 'trouble'>): void {
  if (trouble !== null) log.error({ trouble }, 'journal.unusable');
  if (found.isTorn) log.warn('journal.torn-line-cut');
  for (const { line, reason } of found.unreadable) log.warn({ line, reason }, 'journal.line-passed-over');
}

/** A rename is on disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Empty for a file that is not there, nor can be. @returns why it cannot be read, where it cannot */
function readFile(path: string): Uint8Array | string {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? new Uint8Array() : message;
  }
}
