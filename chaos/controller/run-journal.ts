/**
 * What the controller writes down of its runs, line by line, and what the lines come to. It guards against the run of which
 * nobody knows how it ended: one without an end was under way when the controller went.
 *
 *   started     a start, and the number of the last run before it
 *   asked       a run that is about to begin
 *   ready       what the customers did when it began to change the region
 *   rated       rates that it has them order at, beside those of an experiment
 *   ended       it is over, and how; it owes what nobody has turned back yet
 *   turned-back it owes nothing any more
 *   forgotten   it is not remembered any more
 */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { RunAboutSchema, RunEndSchema, RunIdSchema } from '#contracts/runs.ts';
import type { JournalFormat } from '../journal/json-lines.ts';

const AskedSchema = Type.Object({
  type: Type.Literal('asked'),
  id: RunIdSchema,
  atMs: Type.Number(),
  about: RunAboutSchema,
  /** Those that it turns: they outlive a controller that ends without a word, and no lease turns them back. */
  switches: Type.Array(Type.Enum(['rescue', 'ovens'])),
});
/** They outlive the run as its switches do. */
const CustomersSchema = Type.Object({ ratePerSecond: Type.Number({ minimum: 0 }), arm: Type.Enum(['balanced', 'bare']) });
export type Customers = Static<typeof CustomersSchema>;
const LineSchema = Type.Union([
  Type.Object({ type: Type.Literal('started'), lastRun: Type.Integer({ minimum: 0 }) }),
  AskedSchema,
  Type.Object({ type: Type.Literal('ready'), id: RunIdSchema, customers: CustomersSchema }),
  Type.Object({ type: Type.Literal('rated'), id: RunIdSchema, ratesPerSecond: Type.Array(Type.Number({ minimum: 0 })) }),
  Type.Object({ type: Type.Literal('ended'), id: RunIdSchema, end: RunEndSchema, owes: Type.Optional(Type.Literal(true)) }),
  Type.Object({ type: Type.Literal('turned-back'), id: RunIdSchema }),
  Type.Object({ type: Type.Literal('forgotten'), id: RunIdSchema }),
]);
export type RunLine = Static<typeof LineSchema>;

export interface KeptRun extends Pick<Static<typeof AskedSchema>, 'id' | 'about' | 'switches'> {
  askedMs: number;
  /** Before it; null where it changed nothing yet. */
  customers: Customers | null;
  /** Orders per second that it had the customers order at, beside those of an experiment. */
  rates: number[];
  /** Its switches and the customers' rate are to be turned back: whoever ran it could not. */
  owes: boolean;
  /** Null for one of which no end was written. */
  end: Static<typeof RunEndSchema> | null;
}

export interface RunJournalState {
  /** Number of the last run; 0 for none. */
  lastRun: number;
  /** By id, in the order in which they were asked for. */
  runs: Map<string, KeptRun>;
}

export const RUN_JOURNAL: JournalFormat<RunLine, RunJournalState> = {
  empty: () => ({ lastRun: 0, runs: new Map() }),
  isLine: (value) => Value.Check(LineSchema, value),
  add: addLine,
  compact: ({ lastRun, runs }) => [
    { type: 'started', lastRun },
    ...[...runs.values()].flatMap(linesOf),
  ],
  isIntent: ({ type }) => type === 'asked' || type === 'ready' || type === 'rated',
  refusal: 'AZ_RUN_NOT_RECORDED',
};

function linesOf({ id, askedMs, about, switches, customers, rates, owes, end }: KeptRun): RunLine[] {
  return [
    { type: 'asked', id, atMs: askedMs, about, switches },
    ...(customers === null ? [] : [{ type: 'ready' as const, id, customers }]),
    ...(rates.length === 0 ? [] : [{ type: 'rated' as const, id, ratesPerSecond: rates }]),
    ...(end === null ? [] : [{ type: 'ended' as const, id, end, ...(owes ? { owes } : {}) }]),
  ];
}

function addLine(state: RunJournalState, line: RunLine): void {
  switch (line.type) {
    case 'started':
      state.lastRun = Math.max(state.lastRun, line.lastRun);
      return;
    case 'asked':
      state.lastRun = Math.max(state.lastRun, Number(line.id.slice(1)));
      state.runs.set(line.id, { id: line.id, askedMs: line.atMs, about: line.about, switches: line.switches, customers: null, rates: [], owes: false, end: null });
      return;
    case 'ready': {
      const run = state.runs.get(line.id);
      if (run !== undefined) run.customers = line.customers;
      return;
    }
    case 'rated':
      state.runs.get(line.id)?.rates.push(...line.ratesPerSecond);
      return;
    case 'ended': {
      const run = state.runs.get(line.id);
      if (run === undefined) return;
      run.end = line.end;
      run.owes = line.owes === true;
      return;
    }
    case 'turned-back': {
      const run = state.runs.get(line.id);
      if (run !== undefined) run.owes = false;
      return;
    }
    case 'forgotten':
      state.runs.delete(line.id);
      return;
  }
}
