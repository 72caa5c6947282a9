/**
 * What the injector writes down, and what can be read of it after any end: power that failed in the middle of a line, a
 * disk that was full, a file that somebody edited. A line that cannot be read is named and passed over; what it was about
 * is still found by inspection.
 *
 *   started   a start, and the number of the last fault before it
 *   intent    a fault that is about to be made, and what ends it: on disk before anything acts
 *   applied   it was made
 *   healed    it is over
 *   lever     new faults are blocked from now on, or no longer
 *
 * A fault with an intent that was not healed is open, whether it was made, half made or not at all.
 *
 * Reference: write-ahead logging as in ARIES (Mohan et al. 1992), with inverses that go by inspection in place of images.
 */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

const Names = Type.Array(Type.String());
const FaultId = Type.String({ pattern: '^f[0-9]{1,15}$' });
/** Wall clock, milliseconds since the epoch. */
const AtMs = Type.Number();

/** Verbs and details may be those of a later version: what ends the fault is in `inverse`. */
const IntentSchema = Type.Object({
  type: Type.Literal('intent'),
  atMs: AtMs,
  id: FaultId,
  fault: Type.Object({
    verb: Type.String(),
    target: Type.String(),
    detail: Type.Record(Type.String(), Type.Unknown()),
    holder: Type.String(),
    by: Type.Union([Type.String(), Type.Null()]),
    reason: Type.Union([Type.String(), Type.Null()]),
  }),
  leaseMs: Type.Number(),
  inverse: Type.Object({ restore: Names, clear: Names, unshift: Names, amend: Names }),
});

const LineSchema = Type.Union([
  Type.Object({ type: Type.Literal('started'), atMs: AtMs, lastFault: Type.Integer({ minimum: 0 }) }),
  IntentSchema,
  Type.Object({ type: Type.Literal('applied'), atMs: AtMs, id: FaultId, startedMs: Type.Number(), skewMs: Type.Number() }),
  Type.Object({ type: Type.Literal('healed'), atMs: AtMs, id: FaultId }),
  /** `reason` is null when faults are no longer blocked. */
  Type.Object({ type: Type.Literal('lever'), atMs: AtMs, reason: Type.Union([Type.String(), Type.Null()]) }),
]);

export type Intent = Static<typeof IntentSchema>;
export type JournalLine = Static<typeof LineSchema>;

/** What the lines so far come to. */
export interface JournalState {
  /** Number of the last fault that was intended; 0 for none. */
  lastFault: number;
  /** By id, in the order in which they were intended. */
  open: Map<string, Intent>;
  /** Why and since when new faults are blocked; null when they are not. */
  lever: { reason: string; sinceMs: number } | null;
}

export interface JournalReading {
  state: JournalState;
  /** Counted from 1. */
  unreadable: { line: number; reason: string }[];
  /** Whether the last line was cut short, as by a crash while it was written. */
  isTorn: boolean;
}

export function emptyJournal(): JournalState {
  return { lastFault: 0, open: new Map(), lever: null };
}

/** Never throws, whatever the bytes are. */
export function readJournal(bytes: Uint8Array): JournalReading {
  const reading: JournalReading = { state: emptyJournal(), unreadable: [], isTorn: false };
  const texts = new TextDecoder().decode(bytes).split('\n');
  for (const [index, text] of texts.entries()) {
    if (text === '') continue;
    const line = readLine(text);
    // What follows the last end of a line is whole or it was never finished: half a JSON object is none.
    if (typeof line !== 'string') addLine(reading.state, line);
    else if (index === texts.length - 1) reading.isTorn = true;
    else reading.unreadable.push({ line: index + 1, reason: line });
  }
  return reading;
}

/** Updates the state in place. */
export function addLine(state: JournalState, line: JournalLine): void {
  switch (line.type) {
    case 'started':
      state.lastFault = Math.max(state.lastFault, line.lastFault);
      return;
    case 'intent':
      state.lastFault = Math.max(state.lastFault, Number(line.id.slice(1)));
      state.open.set(line.id, line);
      return;
    case 'applied':
      return;
    case 'healed':
      state.open.delete(line.id);
      return;
    case 'lever':
      state.lever = line.reason === null ? null : { reason: line.reason, sinceMs: line.atMs };
      return;
  }
}

/** The fewest lines that come to this state. */
export function compactLines({ lastFault, open, lever }: JournalState, atMs: number): JournalLine[] {
  return [
    { type: 'started', atMs, lastFault },
    ...(lever === null ? [] : [{ type: 'lever', atMs: lever.sinceMs, reason: lever.reason } as const]),
    ...open.values(),
  ];
}

export function textOf(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** @returns why it cannot be read, where it cannot */
function readLine(text: string): JournalLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  return Value.Check(LineSchema, value) ? value : 'it is no line of a journal that this version knows';
}
