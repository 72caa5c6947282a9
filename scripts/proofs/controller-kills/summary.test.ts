import { expect, test } from 'vitest';
import { WHOLE_MS_MAX, isMiss, killLine, summaryOf, summaryText, type Kill } from './summary.ts';

const KILL: Kill = {
  run: 'r7', experiment: 'az-freeze', az: 'az2', atMs: 31_420, phase: 'fault', inPhaseMs: 3380, fault: 'held', given: 0,
  answeredMs: 870, wholeMs: 11_230, held: ['freeze az2'], residueMax: 6, left: [], end: 'ERROR',
};
const EARLY: Kill = { ...KILL, phase: null, inPhaseMs: null, fault: 'none', atMs: 310, wholeMs: 900, held: [], residueMax: 0 };
const NEVER: Kill = { ...KILL, wholeMs: null, left: ['az2-link is frozen'] };

test('a miss is a region that became whole too late, or never', () => {
  expect([KILL, { wholeMs: WHOLE_MS_MAX }, { wholeMs: WHOLE_MS_MAX + 1 }, NEVER].map(isMiss)).toEqual([false, false, true, true]);
  expect(WHOLE_MS_MAX).toBe(20_000);
});

test('a line says what was under way, what was seen, and how long it was left', () => {
  expect(killLine(7, KILL)).toBe('  7  az-freeze az2, 31.4 s in: fault for 3.4 s, fault held; seen freeze az2, 6 broken; answers after 0.9 s, nothing left after 11.2 s');
  expect(killLine(12, EARLY)).toBe(' 12  az-freeze az2, 0.3 s in: before the first phase, fault none; nothing seen broken; answers after 0.9 s, nothing left after 0.9 s');
  expect(killLine(13, NEVER)).toMatch(/answers after 0\.9 s, NOT WHOLE: az2-link is frozen {2}MISS$/);
  expect(killLine(14, { ...NEVER, answeredMs: null, left: [] })).toMatch(/never answered again, NOT WHOLE: nobody could be asked {2}MISS$/);
});

test('the summary counts phases, faults and misses, and has the median and the worst of those that became whole', () => {
  const kills: Kill[] = [KILL, EARLY, NEVER, { ...KILL, wholeMs: 20_400 }, { ...KILL, phase: 'recovery', fault: 'healed', wholeMs: 1000 }, { ...EARLY, given: 2 }];
  expect(summaryOf(kills)).toEqual({ kills: 6, withFault: 4, byPhase: { fault: 3, none: 2, recovery: 1 }, wholeMsMedian: 1000, wholeMsMax: 20_400, wholeMsBar: 20_000, misses: 2 });
  expect(summaryText(summaryOf(kills))).toBe('6 kills (3 in fault, 2 in none, 1 in recovery), 4 with a fault: nothing left after 1.0 s in the median, 20.4 s at most; 2 over 20.0 s.');
});

test('without a region that became whole there are no figures', () => {
  expect(summaryOf([NEVER])).toMatchObject({ wholeMsMedian: null, wholeMsMax: null, misses: 1 });
  expect(summaryText(summaryOf([NEVER]))).toContain('never whole; 1 over 20.0 s');
  expect(summaryText(summaryOf([]))).toBe('0 kills (), 0 with a fault: never whole; 0 over 20.0 s.');
});
