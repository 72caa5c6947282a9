import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_VERBS, HOLDERS } from '#contracts/faults.ts';
import { readLines, textOf } from '../journal/json-lines.ts';
import { INJECTOR_JOURNAL, addLine, compactLines, emptyJournal, type Intent, type JournalLine, type JournalState } from './journal-lines.ts';
import { intentOf } from './memory-journal.fixture.ts';

const bytesOf = (...lines: readonly (JournalLine | string)[]): Buffer => Buffer.from(lines.map((line) => (typeof line === 'string' ? line : textOf(line))).join(''));
const openIn = (state: JournalState): string[] => [...state.open.keys()];

const START: JournalLine = { type: 'started', atMs: 0, lastFault: 3 };
const HISTORY: readonly JournalLine[] = [
  START,
  intentOf('f4', { restore: ['az1-kitchen-a'] }),
  { type: 'applied', atMs: 2, id: 'f4', startedMs: 2, skewMs: 0 },
  { type: 'lever', atMs: 3, reason: 'incident' },
  { type: 'healed', atMs: 4, id: 'f4' },
  intentOf('f5', { clear: ['az1-link/az2-kitchen-a'] }),
];

describe('a journal', () => {
  it('says which faults are open, the last number, and whether faults are blocked', () => {
    const { state, unreadable, isTorn } = readLines(INJECTOR_JOURNAL, bytesOf(...HISTORY));
    expect(state).toEqual({ lastFault: 5, open: new Map([['f5', HISTORY[5]]]), lever: { reason: 'incident', sinceMs: 3 } });
    expect([unreadable, isTorn]).toEqual([[], false]);
  });

  it('that is not there says that nothing happened', () => {
    expect(readLines(INJECTOR_JOURNAL, new Uint8Array())).toEqual({ state: emptyJournal(), unreadable: [], isTorn: false });
  });

  it('names lines that it cannot read, and reads the others', () => {
    const strange = [
      'no JSON\n', '{"type":"intent","id":"f9"}\n', '[]\n', 'null\n', '\n', '{"type":"poem","atMs":1}\n', `${JSON.stringify({ ...intentOf('f9'), id: '../f9' })}\n`, Buffer.from([0xff, 0xfe, 0x0a]).toString('latin1'),
    ];
    const { state, unreadable } = readLines(INJECTOR_JOURNAL, bytesOf(intentOf('f1'), ...strange, intentOf('f2')));
    expect(openIn(state)).toEqual(['f1', 'f2']);
    expect(unreadable.map(({ line }) => line)).toEqual([2, 3, 4, 5, 7, 8, 9]);
    expect(unreadable[0]).toEqual({ line: 2, reason: 'it is no JSON' });
  });

  it('takes a later version\'s verbs and fields: what ends a fault is all that counts', () => {
    const later = { ...intentOf('f2', { restore: ['az1-kitchen-a'] }), fault: { ...intentOf('f2').fault, verb: 'flood' }, severity: 'high' };
    expect(openIn(readLines(INJECTOR_JOURNAL, bytesOf(`${JSON.stringify(later)}\n`)).state)).toEqual(['f2']);
  });

  it('written again in the fewest lines says the same', () => {
    const { state } = readLines(INJECTOR_JOURNAL, bytesOf(...HISTORY));
    const compact = compactLines(state, 9);
    expect(compact.map(({ type }) => type)).toEqual(['started', 'lever', 'intent']);
    expect(readLines(INJECTOR_JOURNAL, bytesOf(...compact)).state).toEqual(state);
  });
});

const name = fc.string({ maxLength: 12 });
const anyIntent = (id: string): fc.Arbitrary<Intent> =>
  fc.record({
    type: fc.constant('intent' as const), atMs: fc.nat(), id: fc.constant(id), leaseMs: fc.nat(),
    fault: fc.record({
      verb: fc.constantFrom(...FAULT_VERBS), target: name, detail: fc.dictionary(name, fc.nat(), { maxKeys: 2 }), holder: fc.constantFrom(...HOLDERS),
      by: fc.option(name), reason: fc.option(fc.string({ unit: 'grapheme', maxLength: 12 })),
    }),
    inverse: fc.record({ restore: fc.array(name, { maxLength: 3 }), clear: fc.array(name, { maxLength: 3 }), unshift: fc.array(name, { maxLength: 1 }), amend: fc.array(name, { maxLength: 3 }) }),
  });
/** What an injector may have written: each fault intended once, and then perhaps applied and healed. */
const history = fc.array(fc.record({ ends: fc.constantFrom('intended', 'applied', 'healed'), lever: fc.option(fc.option(name)) }), { minLength: 1, maxLength: 4 }).chain((faults) =>
  fc.tuple(...faults.map((_, index) => anyIntent(`f${index + 1}`))).map((intents) =>
    intents.flatMap((intent, index): JournalLine[] => {
      const { ends, lever } = faults[index] as (typeof faults)[number];
      return [
        intent,
        ...(ends === 'intended' ? [] : [{ type: 'applied', atMs: 1, id: intent.id, startedMs: 1, skewMs: 0 } as const]),
        ...(lever === null ? [] : [{ type: 'lever', atMs: 1, reason: lever } as const]),
        ...(ends === 'healed' ? [{ type: 'healed', atMs: 1, id: intent.id } as const] : []),
      ];
    }),
  ),
);

describe('a journal that was cut', () => {
  /** After each line: where it ends in the file, and what is open then. */
  function ends(lines: readonly JournalLine[]): { atByte: number; open: string[] }[] {
    const state = emptyJournal();
    let atByte = 0;
    return lines.map((line) => {
      addLine(state, line);
      atByte += Buffer.byteLength(textOf(line));
      return { atByte, open: openIn(state) };
    });
  }

  it('at every byte is read without a crash, and tells every fault whose intent is wholly in it', () => {
    fc.assert(
      fc.property(history, (lines) => {
        const whole = bytesOf(...lines);
        const stands = ends(lines);
        const wrong: unknown[] = [];
        for (let cut = 0; cut <= whole.length; cut += 1) {
          const { state, unreadable, isTorn } = readLines(INJECTOR_JOURNAL, whole.subarray(0, cut));
          // A line without its end is whole all the same when nothing else of it is missing.
          const told = stands.findLast(({ atByte }) => atByte - 1 <= cut) ?? { atByte: 0, open: [] };
          const isRight = openIn(state).join() === told.open.join() && unreadable.length === 0 && isTorn === cut > told.atByte;
          if (!isRight) wrong.push({ cut, open: openIn(state), unreadable, isTorn });
        }
        expect(wrong).toEqual([]);
        expect(readLines(INJECTOR_JOURNAL, whole).state.open).toEqual(new Map(lines.flatMap((line) => (line.type === 'intent' && stands.at(-1)?.open.includes(line.id) === true ? [[line.id, line]] : []))));
      }),
      { numRuns: 15, seed: 11 },
    );
  }, 120_000);

  it('and written over at any place is read without a crash, and tells every fault whose line is untouched', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 20 }), (lines, at, noise) => {
        const bytes = bytesOf(...lines);
        const from = at % bytes.length;
        bytes.set(noise.subarray(0, bytes.length - from), from);
        const { state } = readLines(INJECTOR_JOURNAL, bytes);
        const stands = ends(lines);
        const untouched = lines.filter((_, index) => {
          const begins = stands[index - 1]?.atByte ?? 0;
          return (stands[index]?.atByte ?? 0) < from || begins > from + noise.length;
        });
        const expected = emptyJournal();
        for (const line of untouched) addLine(expected, line);
        const healed = new Set(lines.filter(({ type }) => type === 'healed').map((line) => ('id' in line ? line.id : '')));
        for (const id of expected.open.keys()) if (!healed.has(id)) expect(openIn(state)).toContain(id);
      }),
      { numRuns: 500, seed: 12 },
    );
  });
});
