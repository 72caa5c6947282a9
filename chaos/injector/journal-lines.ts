/**
 * What the injector writes down, line by line, and what the lines come to. What a line that cannot be read was about is
 * still found by inspection.
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
import type { JournalFormat } from '../journal/json-lines.ts';

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

export function emptyJournal(): JournalState {
  return { lastFault: 0, open: new Map(), lever: null };
}

export const INJECTOR_JOURNAL: JournalFormat<JournalLine, JournalState> = {
  empty: emptyJournal,
  isLine: (value) => Value.Check(LineSchema, value),
  add: addLine,
  compact: compactLines,
  isIntent: ({ type }) => type === 'intent',
  refusal: 'AZ_NOT_RECORDED',
};

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
