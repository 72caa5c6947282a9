import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '#contracts/journal.ts';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import { brakeOf, isMiss, outcomeLine, summariesOf, summaryText, turns, type Outcome } from './outcomes.ts';

const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  experiment: 'az-freeze', az: 'az2', seed: 1, expected: 'PASS', verdict: 'PASS', asExpected: true, ordersFailed: 0, addedLatencyMsMax: 281.4, hostCpuMax: 0.63, reportMs: 480, brake: null, reasons: [], ...change,
});

test('a brake is timed from the trip of the guardrail until its inverses are acknowledged, and until all runs', () => {
  const tripped = { type: 'guardrail.tripped', atMs: 1000 } as JournalEvent;
  const healed = (atMs: number, type = 'fault.healed', remains: object[] = []): JournalEvent => ({ type, acknowledgedMs: atMs - 300, atMs, healed: [], remains }) as unknown as JournalEvent;
  expect([[tripped, healed(2450)], [healed(2450)], [tripped], []].map(brakeOf)).toEqual([{ acknowledgedMs: 1150, wholeMs: 1450 }, null, null, null]);
  // The last one counts; one that tripped after the heal had nothing to heal; what left something is not healed.
  expect(brakeOf([tripped, healed(2450), healed(2900, 'given.healed')])).toEqual({ acknowledgedMs: 1600, wholeMs: 1900 });
  expect(brakeOf([healed(400), tripped])).toBeNull();
  expect(brakeOf([tripped, healed(2450, 'fault.healed', [{ name: 'az1-link' }])])).toBeNull();
});

test('experiments take turns, each time on their next AZ', () => {
  const documents = ['az-power-loss', 'replica-loss'].map(experimentNamed);
  expect(turns(documents, 4).map(({ round, document, az }) => `${round} ${document.id} ${az}`)).toEqual(
    [0, 1, 2, 3].flatMap((round) => documents.map(({ id, azs }) => `${round} ${id} ${azs[round % azs.length]}`)),
  );
});

test('one that is as expected and late is a miss', () => {
  expect([outcome(), outcome({ asExpected: false }), outcome({ reportMs: 2001 }), outcome({ brake: { acknowledgedMs: 2001, wholeMs: 2001 } }), outcome({ brake: { acknowledgedMs: 2000, wholeMs: 9000 }, reportMs: 2000 })].map(isMiss)).toEqual([false, true, true, true, false]);
  expect(outcomeLine(1, outcome({ brake: { acknowledgedMs: 2500, wholeMs: 4000 } }))).toMatch(/4\.00 s until everything ran\. LATE: a report has 2\.00 s, a brake 2\.00 s\.$/);
});

describe('what they came to', () => {
  test('is counted by experiment: as expected, and what else', () => {
    const outcomes = [
      outcome(), outcome({ experiment: 'abort-rehearsal', expected: 'ABORTED', verdict: 'ABORTED' }), outcome({ verdict: 'INCONCLUSIVE', asExpected: false }),
      // Stopped by hand is no rehearsal of the guardrail.
      outcome({ experiment: 'abort-rehearsal', expected: 'ABORTED', verdict: 'ABORTED', asExpected: false }), outcome({ verdict: 'FAIL', asExpected: false }), outcome({ verdict: 'FAIL', asExpected: false }),
    ];
    expect(summariesOf(outcomes)).toEqual([
      { experiment: 'az-freeze', expected: 'PASS', runs: 4, asExpected: 1, otherwise: { INCONCLUSIVE: 1, FAIL: 2 } },
      { experiment: 'abort-rehearsal', expected: 'ABORTED', runs: 2, asExpected: 1, otherwise: { ABORTED: 1 } },
    ]);
    expect(summaryText(summariesOf(outcomes))).toBe('az-freeze        1 of 4 PASS; 1 INCONCLUSIVE, 2 FAIL\nabort-rehearsal  1 of 2 ABORTED; 1 ABORTED');
    expect([summariesOf([]), summaryText([])]).toEqual([[], '']);
  });

  test('is a line each, with the reasons where it is not as expected', () => {
    expect(outcomeLine(7, outcome())).toBe('  7  az-freeze az2: PASS; 0 failed, added 281 ms, host 63 %, report 0.48 s.');
    expect(outcomeLine(8, outcome({ brake: { acknowledgedMs: 40, wholeMs: 4150 } }))).toMatch(/report 0\.48 s, 0\.04 s from the guardrail's trip until every inverse was acknowledged, 4\.15 s until everything ran\.$/);
    expect(outcomeLine(12, outcome({ verdict: 'NOT_READY', asExpected: false, ordersFailed: null, addedLatencyMsMax: null, hostCpuMax: null, reportMs: null, reasons: ['Headroom: none.'] }))).toBe(
      ' 12  az-freeze az2: NOT_READY, and not PASS as expected; ? failed, added ? ms, host ? %. Headroom: none.',
    );
  });
});
