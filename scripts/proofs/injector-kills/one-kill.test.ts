import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import type { Outcome } from '../kill-series.ts';
import { isMiss, killOnce, type Kill, type KillableRegion, type Start } from './one-kill.ts';
import { killLine, summaryOf, summaryText } from './summary.ts';

const MOMENT = { document: experimentNamed('az-freeze'), az: 'az2', atMs: 9000 } as const;
const CLEAN: Start = { upMs: 4800, told: 'When this region last ended, freeze az2 had not healed; nothing of that is left.', unclean: [] };
const KILL: Kill = { experiment: 'az-freeze', az: 'az2', atMs: 9000, phase: 'fault', held: ['freeze az2'], goneMs: 120, left: [], next: CLEAN };

class FakeRegion implements KillableRegion {
  readonly asked: string[] = [];
  end: string | null = null;
  start = (): Promise<Start> => this.#note('start', CLEAN);
  begin = (): Promise<string> => this.#note('begin', 'r1');
  look = (): ReturnType<KillableRegion['look']> => this.#note('look', { phase: 'fault', held: ['freeze az2'], end: this.end });
  kill = (): ReturnType<KillableRegion['kill']> => this.#note('kill', { goneMs: 120, left: [] });
  close = (): Promise<void> => this.#note('close', undefined);

  #note<Answer>(what: string, answer: Answer): Promise<Answer> {
    this.asked.push(what);
    return Promise.resolve(answer);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function killed(region: FakeRegion, signal = new AbortController().signal): Promise<Outcome<Kill>> {
  const outcome = killOnce(MOMENT, region, signal);
  await vi.runAllTimersAsync();
  return outcome;
}

test('a kill says what was under way, what was left, and how the next start was', async () => {
  const region = new FakeRegion();
  expect(await killed(region)).toEqual({ type: 'killed', kill: KILL });
  expect(region.asked).toEqual(['begin', 'look', 'kill', 'start']);
});

test('a run that is over before its moment is no point of an experiment, and nobody is killed', async () => {
  const region = new FakeRegion();
  region.end = 'it ended NOT_READY';
  expect(await killed(region)).toEqual({ type: 'over', why: 'it ended NOT_READY' });
  expect(region.asked).toEqual(['begin', 'look']);
});

test('stopped by hand, it kills nobody', async () => {
  const region = new FakeRegion();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 4000);
  expect(await killed(region, stop.signal)).toEqual({ type: 'stopped' });
  expect(region.asked).toEqual(['begin']);
});

test.each<[string, Partial<Kill>, boolean]>([
  ['nothing left and a clean start', {}, false],
  ['something left for good', { goneMs: null, left: ['az1-kitchen-a'] }, true],
  ['something left for too long', { goneMs: 2001 }, true],
  ['a start that found something broken', { next: { ...CLEAN, unclean: ['az2-link is frozen'] } }, true],
  ['no start', { next: { upMs: null, told: 'port in use', unclean: ['it did not come up'] } }, true],
])('%s', (_what, change, isOne) => {
  expect(isMiss({ ...KILL, ...change })).toBe(isOne);
});

test('lines and the whole say what was found', () => {
  const left: Kill = { ...KILL, phase: null, held: [], goneMs: null, left: ['az1-kitchen-a'], next: { upMs: null, told: null, unclean: ['it did not come up'] } };
  expect(killLine(3, KILL)).toBe('  3  az-freeze az2, 9.0 s in: fault, freeze az2 held; nothing left after 120 ms; up again after 4.8 s, clean "When this region last ended, freeze az2 had not healed; nothing of that is left."');
  expect(killLine(4, left)).toBe('  4  az-freeze az2, 9.0 s in: before the first phase, no fault held; LEFT: az1-kitchen-a; next start NOT CLEAN: it did not come up  MISS');
  expect(summaryText(summaryOf([KILL, { ...KILL, goneMs: 340 }, left]))).toBe(
    '3 kills (2 in fault, 1 in none), 2 with a fault: nothing left after 340 ms in the median, 340 ms at most (bar 2000 ms); up again within 4.8 s; 1 left something or were not clean.',
  );
  expect([summaryOf([]), summaryText(summaryOf([]))]).toEqual([expect.objectContaining({ kills: 0, goneMsMax: null, upMsMax: null, misses: 0 }), 'Nobody was killed.']);
  expect(summaryText(summaryOf([left]))).toBe('1 kills (1 in none), 0 with a fault: something always left; never up again; 1 left something or were not clean.');
});
