import { describe, expect, test } from 'vitest';
import type { Assertion } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { EXPERIMENT_METRICS, STANDING_METRICS, type ExperimentMetric } from '#contracts/experiment-metrics.ts';
import { judge } from './judge.ts';
import { FAULT_MS, HEALING_MS, START_MS, stagedDocument, stagedJournal, stagedRecords } from './staged-run.fixture.ts';

const SOUND = stagedRecords();
const resultOf = (asked: Partial<Assertion> & { metric: ExperimentMetric }, records: CustomerRecord[] = SOUND, journal: JournalEvent[] = stagedJournal()) => {
  const assertion: Assertion = { id: 'asked', phase: EXPERIMENT_METRICS[asked.metric].phases[0], min: null, max: null, ...asked };
  const run = judge(records, journal, { ...stagedDocument, assertions: [assertion] });
  return { verdict: run.verdict, result: run.assertions.find(({ id }) => id === 'asked') };
};
const failing = (fromMs: number, toMs: number): CustomerRecord[] =>
  stagedRecords((record) => (record.kind === 'order' && record.intendedMs >= fromMs && record.intendedMs < toMs ? { ...record, status: 503, bakeMs: null } : record));

describe('every metric', () => {
  test.each<[Partial<Assertion> & { metric: ExperimentMetric }, object]>([
    [{ metric: 'success', min: 1 }, { observed: 1, unit: 'ratio', samples: 12_000, text: '12000 of 12000 orders were answered; at least 100 % must.' }],
    [{ metric: 'failed_ratio', phase: 'fault', max: 0 }, { observed: 0, phase: 'fault', text: expect.stringMatching(/^0 of 30\d\d orders of the fault failed; at most 0 % must\.$/) }],
    [{ metric: 'failed_orders', phase: 'recovery', max: 0 }, { observed: 0, unit: 'orders', samples: 6000 }],
    [{ metric: 'failed_menus', max: 0 }, { observed: 0, unit: 'menu reads', samples: 12_000 }],
    [{ metric: 'p50_ms', phase: 'baseline', max: 100 }, { observed: 87.5, unit: 'ms' }],
    [{ metric: 'p99_ms', phase: 'recovery', max: 400 }, { observed: expect.closeTo(91.5, 0), text: 'The p99 of the recovery took 92 ms; at most 400 ms are allowed.' }],
    [{ metric: 'p99_9_ms', max: 400 }, { observed: 286.5, samples: 12_000 }],
    [{ metric: 'max_ms', phase: 'fault', max: 292 }, { observed: expect.closeTo(291.5, 0), text: expect.stringMatching(/^The slowest order of the fault took/) }],
    [{ metric: 'added_latency_ms', max: 250 }, { observed: expect.closeTo(200, 0), phase: 'fault' }],
    [{ metric: 'moved_ms', max: 500 }, { observed: expect.closeTo(90.5, 0), text: 'Orders moved away from az1 after 91 ms; they must within 500 ms.' }],
    [{ metric: 'time_to_steady', max: 3000 }, { observed: 0, text: 'Orders were answered steadily from 0.0 s after the fault on; they must within 3 s.' }],
    [{ metric: 'time_to_eject', max: 3000 }, { observed: 95, text: 'The balancers took out what was broken after 95 ms; they must within 3 s.' }],
    [{ metric: 'attempts_per_request', max: 1.1 }, { observed: expect.closeTo(1.01, 6), unit: 'attempts', phase: null }],
    [{ metric: 'time_to_balanced', max: 60_000 }, { observed: 5_830, phase: 'recovery', text: expect.stringMatching(/evenly 5\.8 s after the return; they must within 60 s/) }],
    [{ metric: 'serves_again_ms', max: 10_000 }, { observed: expect.closeTo(5_000, -2), phase: 'recovery' }],
  ])('%j is a PASS where it holds', (asked, found) => {
    expect(resultOf(asked)).toMatchObject({ verdict: 'PASS', result: { state: 'PASS', metric: asked.metric, ...found } });
  });

  test('that does not hold is a FAIL, and the verdict is its text', () => {
    const run = judge(failing(FAULT_MS + 1000, FAULT_MS + 1010), stagedJournal(), stagedDocument);
    const [broken] = run.assertions.filter(({ state }) => state === 'FAIL');
    expect(broken).toMatchObject({ id: 'orders', observed: 3, max: 0 });
    expect(run.reasons[0]).toBe(broken?.text);
  });

  test('between two bounds must keep both', () => {
    expect(resultOf({ metric: 'p50_ms', min: 50, max: 100 }).verdict).toBe('PASS');
    expect(resultOf({ metric: 'p50_ms', min: 90, max: 100 }).result).toMatchObject({ state: 'FAIL', text: expect.stringMatching(/at least 90 ms and at most 100 ms are allowed/) });
  });
});

describe('a figure of a part of the run', () => {
  test('holds or breaks by the orders of that part alone', () => {
    const records = failing(HEALING_MS + 1000, HEALING_MS + 2000);
    expect(resultOf({ metric: 'success', phase: 'fault', min: 1 }, records).result?.state).toBe('PASS');
    expect(resultOf({ metric: 'success', phase: 'recovery', min: 1 }, records).result?.state).toBe('FAIL');
    expect(resultOf({ metric: 'failed_orders', phase: 'baseline', max: 0 }, records).result?.state).toBe('PASS');
  });
});

describe('what did not happen', () => {
  test('breaks a bound that the run waited out', () => {
    const never = stagedJournal((event) => (event.type === 'balancer.changed' ? null : event));
    expect(resultOf({ metric: 'time_to_eject', max: 3000 }, SOUND, never).result).toMatchObject({ state: 'FAIL', observed: null });
    const late = failing(HEALING_MS - 500, HEALING_MS - 490);
    expect(resultOf({ metric: 'time_to_steady', max: 3000 }, late).result).toMatchObject({ state: 'FAIL', observed: null, text: expect.stringMatching(/not answered steadily until the end of the fault/) });
  });

  test.each(['p50_ms', 'p99_ms', 'p99_9_ms', 'max_ms'] as const)('%s of orders of which none was answered breaks a bound that all customers waited out', (metric) => {
    const dark = failing(FAULT_MS - 200, HEALING_MS);
    expect(resultOf({ metric, phase: 'fault', max: 400 }, dark)).toMatchObject({ verdict: 'FAIL', result: { state: 'FAIL', observed: null, text: expect.stringMatching(/^No order of the fault was answered; at most 400 ms are allowed\.$/) } });
    expect(resultOf({ metric, phase: 'fault', max: 2000 }, dark).result?.state).toBe('INCONCLUSIVE');
    const none = SOUND.filter(({ intendedMs }) => intendedMs < FAULT_MS - 200 || intendedMs >= HEALING_MS);
    expect(resultOf({ metric, phase: 'fault', max: 400 }, none).result?.state).toBe('INCONCLUSIVE');
  });

  test('leaves one open that it did not wait out', () => {
    const never = stagedJournal((event) => (event.type === 'balancer.changed' ? null : event));
    expect(resultOf({ metric: 'time_to_eject', max: 30_000 }, SOUND, never)).toMatchObject({ verdict: 'INCONCLUSIVE', result: { state: 'INCONCLUSIVE', observed: null } });
  });
});

describe('a thin sample', () => {
  const short = stagedJournal((event) => (event.type === 'phase.started' && event.phase === 'baseline' ? { ...event, atMs: FAULT_MS - 2_000 } : event));

  test('is no PASS, and says how much is missing', () => {
    expect(resultOf({ metric: 'p99_9_ms', phase: 'baseline', max: 400 }, SOUND, short).result).toMatchObject({ state: 'INCONCLUSIVE', text: expect.stringMatching(/5\d\d answered orders of the baseline are too few for it; it takes 1000\.$/) });
  });

  test('is a FAIL all the same where the bound is broken', () => {
    expect(resultOf({ metric: 'p99_9_ms', phase: 'baseline', max: 50 }, SOUND, short).result?.state).toBe('FAIL');
  });
});

describe('what every run has to hold', () => {
  const standing = (records: CustomerRecord[], journal: JournalEvent[] = stagedJournal()) => judge(records, journal, stagedDocument).assertions.filter(({ metric }) => metric in STANDING_METRICS);

  test('stands behind what the document asks for', () => {
    expect(standing(SOUND).map(({ id, state, observed }) => [id, state, observed])).toEqual([['touched-orders', 'PASS', expect.any(Number)], ['no-residue', 'PASS', 0]]);
  });

  test('leaves a run open that touched nobody, or left something broken', () => {
    expect(standing(stagedRecords((record) => ({ ...record, retried: null })))[0]).toMatchObject({ state: 'INCONCLUSIVE', observed: 0 });
    const remains = [{ name: 'az1-kitchen-a', reason: 'it does not start' }];
    const broken = stagedJournal((event) => (event.type === 'fault.healed' ? { ...event, remains } : event));
    expect(standing(SOUND, broken)[1]).toMatchObject({ state: 'INCONCLUSIVE', observed: 1, unit: 'members' });
  });
});

describe('a run that did not go to its end', () => {
  test('holds nothing, whatever its figures', () => {
    const aborted: JournalEvent[] = [...stagedJournal(), { type: 'run.aborted', atMs: HEALING_MS, reason: 'Ctrl-C' }];
    const states = judge(SOUND, aborted, stagedDocument).assertions.map(({ id, state }) => [id.startsWith('hypothesis'), state]);
    expect(states).toEqual([[true, 'PASS'], [true, 'PASS'], ...Array.from({ length: 8 }, () => [false, 'INCONCLUSIVE'])]);
  });

  test('is as a rehearsal expects only where a guardrail stopped it', () => {
    const byHand: JournalEvent[] = [...stagedJournal(), { type: 'run.aborted', atMs: START_MS, reason: 'Ctrl-C' }];
    const rehearsal = { ...stagedDocument, expect: 'ABORTED' } as const;
    expect(judge(SOUND, byHand, rehearsal)).toMatchObject({ verdict: 'ABORTED', asExpected: false });
    const tripped: JournalEvent = { type: 'guardrail.tripped', atMs: START_MS, reason: 'too much' };
    expect(judge(SOUND, [...byHand, tripped], rehearsal).asExpected).toBe(true);
    const healed = (change: object): JournalEvent[] => [...byHand, tripped].map((event) => (event.type === 'fault.healed' ? { ...event, ...change } : event));
    expect(judge(SOUND, healed({ remains: [{ name: 'az1-link', reason: 'is dead' }] }), rehearsal).asExpected, 'with something still broken').toBe(false);
    expect(judge(SOUND, healed({ atMs: START_MS - 1 }), rehearsal).asExpected, 'with nothing left to heal').toBe(false);
    const unbroken = [...byHand, tripped].filter(({ type }) => type !== 'fault.injected' && type !== 'fault.healed');
    expect(judge(SOUND, unbroken, rehearsal), 'before anything was broken').toMatchObject({ verdict: 'ABORTED', asExpected: false });
  });
});
