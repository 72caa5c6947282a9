import { describe, expect, test } from 'vitest';
import { readLines, textOf } from '../journal/json-lines.ts';
import { RUN_JOURNAL, type RunJournalState, type RunLine } from './run-journal.ts';

const ABOUT = { experiment: 'az-freeze', title: 'An AZ freezes', expected: 'PASS', azs: ['az1'], ratePerSecond: 300, seed: 1, attached: false } satisfies Extract<RunLine, { type: 'asked' }>['about'];
const END = { endedMs: 9, verdict: 'PASS', outcome: 'PASS', trouble: null } satisfies Extract<RunLine, { type: 'ended' }>['end'];
const HISTORY: RunLine[] = [
  { type: 'started', lastRun: 4 },
  { type: 'asked', id: 'r5', atMs: 5, about: ABOUT, switches: [] },
  { type: 'ended', id: 'r5', end: END, owes: true },
  { type: 'asked', id: 'r6', atMs: 6, about: ABOUT, switches: [] },
  { type: 'turned-back', id: 'r5' },
  { type: 'forgotten', id: 'r5' },
  { type: 'ready', id: 'r6', customers: { ratePerSecond: 75, arm: 'balanced' } },
  { type: 'rated', id: 'r6', ratesPerSecond: [24, 96] },
  { type: 'rated', id: 'r6', ratesPerSecond: [98] },
  { type: 'asked', id: 'r7', atMs: 7, about: ABOUT, switches: [] },
];
const bytesOf = (lines: readonly unknown[]): Uint8Array => new TextEncoder().encode(lines.map(textOf).join(''));
const openIn = ({ runs }: RunJournalState): string[] => [...runs.values()].filter(({ end }) => end === null).map(({ id }) => id);

describe('the journal of runs', () => {
  test('says which have no end, and counts on', () => {
    const { state, unreadable, isTorn } = readLines(RUN_JOURNAL, bytesOf(HISTORY));
    expect([openIn(state), [...state.runs.keys()], state.lastRun, unreadable, isTorn]).toEqual([['r6', 'r7'], ['r6', 'r7'], 7, [], false]);
    expect([...state.runs.values()].map(({ customers }) => customers)).toEqual([{ ratePerSecond: 75, arm: 'balanced' }, null]);
    expect([...state.runs.values()].map(({ rates }) => rates)).toEqual([[24, 96, 98], []]);
  });

  test('says what is still owed, until it was turned back', () => {
    const owed = [1, 2, 3, 4, 5].map((lines) => readLines(RUN_JOURNAL, bytesOf(HISTORY.filter(({ type }) => type !== 'forgotten').slice(0, lines))).state.runs.get('r5')?.owes);
    expect(owed).toEqual([undefined, false, true, true, false]);
  });

  test.each([HISTORY.length, 4])('written again as short as it can be comes to the same', (lines) => {
    const { state } = readLines(RUN_JOURNAL, bytesOf(HISTORY.slice(0, lines)));
    expect(readLines(RUN_JOURNAL, bytesOf(RUN_JOURNAL.compact(state, 0))).state).toEqual(state);
  });

  test('cut at any byte is read as far as it is whole, and no run that was asked for before is lost', () => {
    const whole = bytesOf(HISTORY);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const { state, unreadable } = readLines(RUN_JOURNAL, whole.subarray(0, cut));
      const lines = new TextDecoder().decode(whole.subarray(0, cut)).split('\n').length - 1;
      expect(unreadable).toEqual([]);
      expect(state.lastRun).toBeGreaterThanOrEqual(lines === 0 ? 0 : 4);
      if (lines >= 2) expect([...state.runs.keys(), 'r5']).toContain('r5');
      if (lines >= 4) expect(openIn(state)).toContain('r6');
    }
  });

  test.each([['no line', { type: 'paused', id: 'r1' }], ['a run without what it is about', { type: 'asked', id: 'r1', atMs: 1 }], ['a name that is none', { type: 'forgotten', id: '../x' }]])('passes over %s and goes on', (_what, strange) => {
    const { state, unreadable } = readLines(RUN_JOURNAL, bytesOf([HISTORY[0], strange, HISTORY[1]]));
    expect([unreadable.map(({ line }) => line), openIn(state)]).toEqual([[2], ['r5']]);
  });
});
