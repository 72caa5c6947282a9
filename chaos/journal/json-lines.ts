/**
 * A journal's text, a line of JSON for each thing that is to be remembered, and what can be read of it after any end:
 * power that failed in the middle of a line, a disk that was full, a file that somebody edited. A line that cannot be
 * read is named and passed over.
 */
import type { ErrorCode } from '#contracts/errors.ts';

/** What the lines of one journal are and come to. Nothing here throws. */
export interface JournalFormat<Line, State> {
  /** What no lines come to. */
  empty(): State;
  isLine(value: unknown): value is Line;
  /** Updates the state in place. */
  add(state: State, line: Line): void;
  /** The fewest lines that come to this state. @param atMs wall clock */
  compact(state: State, atMs: number): Line[];
  /** Whether the line counts only once it is on disk: what is about to be done, as against what happened. */
  isIntent(line: Line): boolean;
  /** How an append is refused that could not be written. */
  refusal: ErrorCode;
}

export interface JournalReading<State> {
  state: State;
  /** Counted from 1. */
  unreadable: { line: number; reason: string }[];
  /** Whether the last line was cut short, as by a crash while it was written. */
  isTorn: boolean;
}

/** Never throws, whatever the bytes are. */
export function readLines<Line, State>(format: Pick<JournalFormat<Line, State>, 'empty' | 'isLine' | 'add'>, bytes: Uint8Array): JournalReading<State> {
  const reading: JournalReading<State> = { state: format.empty(), unreadable: [], isTorn: false };
  const texts = new TextDecoder().decode(bytes).split('\n');
  for (const [index, text] of texts.entries()) {
    if (text === '') continue;
    const read = parse(text);
    // What follows the last end of a line is whole or it was never finished: half a JSON object is none.
    if (read !== null && format.isLine(read.value)) format.add(reading.state, read.value);
    else if (index === texts.length - 1) reading.isTorn = true;
    else reading.unreadable.push({ line: index + 1, reason: read === null ? 'it is no JSON' : 'it is no line of a journal that this version knows' });
  }
  return reading;
}

export function textOf(line: unknown): string {
  return `${JSON.stringify(line)}\n`;
}

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
