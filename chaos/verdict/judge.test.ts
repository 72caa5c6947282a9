import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { withMax } from './bounds.ts';
import { judge } from './judge.ts';
import { END_MS, FAULT_MS, HEALING_MS, RATE, START_MS, change, stagedDocument, stagedJournal, stagedRecords, without } from './staged-run.fixture.ts';

const SOUND = stagedRecords();
const verdictOf = (records: CustomerRecord[] = SOUND, journal: JournalEvent[] = stagedJournal(), document = stagedDocument) => judge(records, journal, document);
/** The one order that was intended first at or after this time. */
const orderAt = (atMs: number): CustomerRecord => SOUND.find((record) => record.kind === 'order' && record.intendedMs >= atMs) as CustomerRecord;
const changed = (atMs: number, to: Partial<CustomerRecord>): CustomerRecord[] => {
  const { seq } = orderAt(atMs);
  return SOUND.map((record) => (record.seq === seq ? { ...record, ...to } : record));
};

describe('a sound run', () => {
  const run = verdictOf();

  test('passes, and says what was done to what', () => {
    expect(run.reasons).toEqual([]);
    expect(run).toMatchObject({ verdict: 'PASS', az: 'az1', fault: 'kill az1', skewMs: 4 });
  });

  test('counts every order and menu read intended between baseline and end', () => {
    const seconds = (END_MS - START_MS) / 1000;
    expect(run.requests).toEqual({ offered: RATE * seconds, answered: RATE * seconds, failed: 0, late: 0, shed: 0, bakedTwice: 3 });
    expect(run.menu).toEqual({ offered: RATE * seconds, failed: 0 });
    expect(run.availability).toEqual({ run: 1, worstSecond: 1 });
  });

  test('takes each order\'s own oven time off before it says what the fault added', () => {
    expect(run.addedLatencyMsMax).toBeCloseTo(200, 6);
  });

  test('reads the timeline from outside the fault', () => {
    expect(run.timelineMs).toMatchObject({
      fault: 0, firstCustomerError: null, firstFailedCheck: 90, ejected: 95, lastCustomerError: null, steady: 0, restored: 12_000, readmitted: 12_900,
    });
    expect(run.timelineMs.moved).toBeCloseTo(90.5, 6);
  });

  test('finds the balance as soon as 900 orders in a row make three even windows', () => {
    const { balanced } = run.timelineMs;
    expect(balanced).toBeGreaterThan(12_000 + 3_000 + 2_500);
    expect(balanced).toBeLessThan(12_000 + 3_000 + 3_100);
  });

  test('puts attempts per request at the worst ten seconds of the front door', () => {
    expect(run.attemptsPerRequest).toBeCloseTo(1 + 60 / (RATE * 2 * 10), 6);
  });

  test.each([[3, true], [12, false], [60, false]])('knows attempts only where the front door said them: silent for %d s', (silentS, isKnown) => {
    const silent = stagedJournal((event) => (event.type === 'host.sampled' && event.atMs > FAULT_MS - 1000 && event.atMs <= FAULT_MS - 1000 + silentS * 1000 ? { ...event, frontDoor: null } : event));
    expect(verdictOf(SOUND, silent).attemptsPerRequest === null).toBe(!isKnown);
  });

  test('states headroom at its own rate', () => {
    expect(run.headroom).toMatchObject({ ratedPerAz: 150, source: 'model', utilisationAfter: 1, canLoseAz: true });
  });

  test('computed again from the same evidence in another order is the same', () => {
    expect(verdictOf([...SOUND].reverse(), stagedJournal().reverse())).toEqual(run);
  });
});

describe('a broken bar is a FAIL that names figure and bar', () => {
  const expectFail = (records: CustomerRecord[], sentence: RegExp, journal = stagedJournal()): void => {
    const run = verdictOf(records, journal);
    expect(run).toMatchObject({ verdict: 'FAIL' });
    expect(run.reasons.join('\n')).toMatch(sentence);
  };

  test.each([
    ['nothing came back', { answeredMs: null, status: null, az: null, bakeMs: null }],
    ['the answer was an error', { status: 502, bakeMs: null }],
    ['the answer came after a second', { answeredMs: orderAt(FAULT_MS + 500).intendedMs + 1001 }],
  ])('one order failed: %s', (_how, to) => {
    expectFail(changed(FAULT_MS + 500, to), /^1 of 12000 orders failed; at most 0 may\.$/);
  });

  test('a failure before the fault counts as well as one after the return', () => {
    expectFail(changed(START_MS + 100, { status: 500, bakeMs: null }), /1 of 12000 orders failed/);
    expectFail(changed(END_MS - 100, { status: 500, bakeMs: null }), /1 of 12000 orders failed/);
  });

  test('and a rescue that was off, whoever had turned it', () => {
    const failed = changed(FAULT_MS + 500, { status: 502, bakeMs: null });
    const off = stagedJournal((event) => (event.type === 'run.started' ? { ...event, settings: { rescue: false, ovens: null } } : event));
    expectFail(failed, /The rescue of the balancers was off in this run/, off);
    expect(verdictOf(failed).reasons.join()).not.toMatch(/rescue/);
  });

  test('a menu read failed', () => {
    const { seq } = SOUND.find((record) => record.kind === 'menu') as CustomerRecord;
    expectFail(SOUND.map((record) => (record.seq === seq ? { ...record, status: 503 } : record)), /1 of 12000 menu reads failed; at most 0 may/);
  });

  test('the slowest order waited too long, even one that was under way when the fault struck', () => {
    const { intendedMs } = orderAt(FAULT_MS - 40);
    expectFail(changed(FAULT_MS - 40, { answeredMs: intendedMs + 450, retried: 'az1' }), /added 36\d ms to the slowest order; at most 250 ms/);
  });

  test('an order of the fault window without an oven time counts with all of its latency', () => {
    const { intendedMs } = orderAt(FAULT_MS + 500);
    expectFail(changed(FAULT_MS + 500, { answeredMs: intendedMs + 300, bakeMs: null }), /added 29\d ms/);
  });

  test('orders moved away too late', () => {
    expectFail(changed(FAULT_MS + 900, { retried: 'az1', az: 'az2' }), /moved away from az1 after 90\d ms; they must within 500 ms/);
  });

  test('orders never moved away', () => {
    const stuck = stagedRecords((record) => (record.az === 'az2' && record.intendedMs > FAULT_MS ? { ...record, retried: 'az1' } : record));
    expectFail(stuck, /never moved away from az1/);
  });

  test('the front door sent too much twice', () => {
    const journal = stagedJournal((event) => (event.type === 'host.sampled' && event.atMs > FAULT_MS ? { ...event, frontDoor: { requests: event.frontDoor?.requests ?? 0, attempts: (event.frontDoor?.requests ?? 0) + 1200 } } : event));
    expectFail(SOUND, /1\.200 attempts per request in the worst 10 s; at most 1\.1/, journal);
  });

  test('the AZs were not even again within the bar, where the run waited for it', () => {
    const impatient = withMax(stagedDocument, 'time_to_balanced', 5_000);
    expect(verdictOf(SOUND, stagedJournal(), impatient).reasons.join()).toMatch(/evenly 5\.\d s after the return; they must within 5 s|evenly 6\.\d s after the return; they must within 5 s/);
  });

  test('is neither held nor broken by a balance that the run did not wait for', () => {
    const uneven = stagedRecords((record) => (record.az === 'az1' && record.intendedMs > HEALING_MS ? { ...record, az: 'az3' } : record));
    const run = verdictOf(uneven);
    expect(run.timelineMs.balanced).toBeNull();
    expect(run).toMatchObject({ verdict: 'INCONCLUSIVE', reasons: [expect.stringMatching(/did not share the orders evenly within 18 s of the return; they must within 60 s/)] });
    expect(verdictOf(uneven, stagedJournal(), withMax(stagedDocument, 'time_to_balanced', 10_000)).verdict).toBe('FAIL');
  });

  test('outweighs a thin sample', () => {
    const untouched = stagedRecords((record) => ({ ...record, retried: null, status: record.intendedMs < START_MS + 10 ? 500 : record.status }));
    expect(verdictOf(untouched).verdict).toBe('FAIL');
  });
});

describe('evidence that cannot carry a verdict is INCONCLUSIVE', () => {
  const lacking = (type: JournalEvent['type']): JournalEvent[] => stagedJournal((event) => (event.type === type ? null : event));
  const host = (change: { gapMs?: number; cpuShare?: number }): JournalEvent[] =>
    stagedJournal((event) => (event.type === 'host.sampled' && Math.abs(event.atMs - FAULT_MS) < 6000 ? { ...event, ...change } : event));

  const sample = (atMs: number, gapMs: number): JournalEvent => ({ type: 'host.sampled', atMs, cpuShare: 0.5, gapMs, frontDoor: null });

  test('but not by what the host did when all of its orders had settled', () => {
    const later = [sample(END_MS + 1_000, 10), sample(END_MS + 2_000, 10), sample(END_MS + 5_000, 3_000)];
    expect(verdictOf(SOUND, [...stagedJournal(), ...later]).verdict).toBe('PASS');
  });

  test.each<[string, CustomerRecord[], JournalEvent[], RegExp]>([
    ['no records', [], stagedJournal(), /offered 0 orders/],
    ['no journal', SOUND, [], /does not say how the run started/],
    ['neither', [], [], /acknowledged no fault/],
    ['no acknowledged fault', SOUND, lacking('fault.injected'), /acknowledged no fault/],
    ['no healing', SOUND, lacking('fault.healed'), /did not report that the fault was healed/],
    ['no end', SOUND, lacking('run.ended'), /did not reach its end/],
    ['no host samples', SOUND, lacking('host.sampled'), /sampled 0 times/],
    ['a host that stood still', SOUND, host({ gapMs: 1_400 }), /stood still for 1400 ms/],
    ['a host that stood still while the last orders settled', SOUND, [...stagedJournal(), sample(END_MS + 1_000, 1_400)], /stood still for 1400 ms/],
    ['a host that slept from the end on', SOUND, [...stagedJournal(), sample(END_MS + 3_600_000, 3_600_000)], /stood still for 3600000 ms/],
    ['a saturated host', SOUND, host({ cpuShare: 0.99 }), /99 % busy/],
    ['a late generator', stagedRecords((record) => ({ ...record, sentMs: record.intendedMs + 120, answeredMs: (record.answeredMs ?? 0) + 120 })), stagedJournal(), /120 ms late/],
    ['a stretch without records', SOUND.filter(({ seq }) => seq < 5000 || seq > 5600), stagedJournal(), /601 of the customers' records are missing/],
    ['a record that is there twice', [...SOUND, SOUND[10] as CustomerRecord], stagedJournal(), /1 of the customers' records are missing or there twice/],
    ['a generator that stopped', SOUND.filter(({ intendedMs }) => intendedMs < END_MS - 8_000), stagedJournal(), /Customers offered 9600 orders where the schedule wanted about 12000/],
    ['customers of the other arm', stagedRecords((record) => ({ ...record, arm: 'bare' })), stagedJournal(), /offered 0 orders/],
    ['oven times longer than the answer took', stagedRecords((record) => ({ ...record, bakeMs: record.bakeMs === null ? null : 5_000 })), stagedJournal(), /12000 of the customers' records cannot be read/],
    ['a fault that somebody else healed', SOUND, [...stagedJournal(), { type: 'fault.lost', atMs: FAULT_MS + 1, reason: 'it was healed by hand' }], /ended before it was healed: it was healed by hand/],
    ['members struck too far apart', SOUND, stagedJournal((event) => (event.type === 'fault.injected' ? { ...event, skewMs: 1501 } : event)), /struck 1501 ms apart; a fault is one event up to 1500 ms/],
    ['records that were overwritten', SOUND, [...stagedJournal(), { type: 'evidence.lost', atMs: FAULT_MS, what: 'records' }], /Evidence was lost: records/],
    ['a member that stays broken', SOUND, stagedJournal((event) => (event.type === 'fault.healed' ? { ...event, remains: [{ name: 'az1-kitchen-a', reason: 'it does not start' }] } : event)), /az1-kitchen-a could not be healed: it does not start/],
    ['a fault that touched nobody', stagedRecords((record) => ({ ...record, retried: null })), stagedJournal(), /No order was touched by the fault/],
    ['a front door that restarted', SOUND, stagedJournal((event) => (event.type === 'host.sampled' && event.atMs > FAULT_MS ? { ...event, frontDoor: { requests: 1, attempts: 1 } } : event)), /attempts per request are not known/],
  ])('%s', (_what, records, journal, sentence) => {
    const run = verdictOf(records, journal);
    expect(run.verdict).toBe('INCONCLUSIVE');
    expect(run.reasons.join('\n')).toMatch(sentence);
  });

  test('a baseline too short for its p99.9 says how many orders it needs', () => {
    const late = stagedJournal((event) => (event.type === 'phase.started' && event.phase === 'baseline' ? { ...event, atMs: FAULT_MS - 2_000 } : event));
    expect(verdictOf(SOUND, late).reasons.join()).toMatch(/baseline holds 5\d\d orders; a p99\.9 needs 1000/);
  });

  test('a broken measurement is not blamed on the region, but what broke is told', () => {
    const run = verdictOf(changed(FAULT_MS + 500, { status: 500, bakeMs: null }), host({ gapMs: 5_000 }));
    expect(run.verdict).toBe('INCONCLUSIVE');
    expect(run.reasons.join('\n')).toMatch(/1 of 12000 orders failed/);
  });
});

describe('a fault between two AZs', () => {
  const GIVEN = ['az1-kitchen-a', 'az1-kitchen-b'];
  const rest = without(stagedDocument, 'added_latency_ms', 'moved_ms', 'time_to_balanced');
  const document: ExperimentDocument = {
    ...rest,
    fault: { verb: 'cut', target: '${{ matrix.az }}', peer: '${{ matrix.peer }}' },
    given: GIVEN.map(() => ({ verb: 'kill', target: '${{ matrix.az }}-kitchen-a' })),
    assertions: [...rest.assertions, { id: 'crossed', metric: 'crossed_orders_per_second', phase: 'baseline', min: 20, max: null }],
  };
  /** az1 keeps its third, and bakes by turns in the others. */
  const crossing = (turns = 2): CustomerRecord[] => stagedRecords((record) => {
    const az = (['az1', 'az2', 'az3'] as const)[Math.floor((record.seq - 1) / 2) % 3] as string;
    const bakedIn = az !== 'az1' ? az : Math.floor(record.seq / 6) % turns === 0 ? 'az2' : 'az3';
    const lost = az === 'az1' && bakedIn === 'az2' && record.intendedMs >= FAULT_MS;
    const retried = lost && record.intendedMs < FAULT_MS + 200 ? 'az2' : null;
    return { ...record, az, retried, bakedIn: record.kind === 'menu' ? null : lost ? 'az3' : bakedIn };
  });
  const madeBefore: JournalEvent[] = GIVEN.map((target, at) => ({ type: 'given.made', atMs: START_MS - 900, id: `f${at + 1}`, verb: 'kill', target, detail: {}, members: [target] }));
  const cutJournal = (oneWay = false, words: JournalEvent[] = []): JournalEvent[] => [
    ...madeBefore, ...words,
    ...stagedJournal((event) => {
      if (event.type === 'balancer.changed') return null;
      return event.type === 'fault.injected' ? { ...event, verb: 'cut', detail: { peer: 'az2', ...(oneWay ? { oneWay } : {}) }, members: ['az1-link/az2-kitchen-a'] } : event;
    }),
  ];

  test('passes when enough crossed the way and its orders were baked elsewhere', () => {
    const run = judge(crossing(), cutJournal(), document);
    expect(run.reasons).toEqual([]);
    expect(run).toMatchObject({ verdict: 'PASS', fault: 'cut az1 az2' });
    expect(run.crossingOrdersPerSecond).toBeCloseTo(RATE / 6, 0);
    expect(run.touched).toBeGreaterThan(5);
  });

  test('proves nothing when hardly anybody crossed it, and states the figure', () => {
    const run = judge(crossing(10), cutJournal(), document);
    expect(run.verdict).toBe('INCONCLUSIVE');
    expect(run.reasons.join()).toMatch(/10\.0 orders\/s crossed the way before it was broken; fewer than 20 prove nothing/);
  });

  test('counts what crossed before it alone, and nothing where the fault is on no way', () => {
    const late = crossing().map((record) => (record.intendedMs < FAULT_MS && record.bakedIn === 'az2' && record.az === 'az1' ? { ...record, bakedIn: 'az3' } : record));
    expect(judge(late, cutJournal(), document).crossingOrdersPerSecond).toBe(0);
    expect(verdictOf().crossingOrdersPerSecond).toBeNull();
  });

  test('moves nobody, and is noticed when the last balancer at its ends gave the other end up', () => {
    const words = [
      change(FAULT_MS + 100, 'target.probe-failed', 'az3-storefront-a', 'kitchen', 'az2-kitchen-a', 'az2'),
      change(FAULT_MS + 120, 'target.probe-failed', 'az1-storefront-a', 'kitchen', 'az2-kitchen-a', 'az2'),
      change(FAULT_MS + 200, 'target.ejected', 'az1-storefront-a', 'kitchen', 'az2-kitchen-a', 'az2'),
      change(FAULT_MS + 350, 'target.ejected', 'az2-load-balancer', 'storefront', 'az1-storefront-b'),
      change(FAULT_MS + 900, 'target.ejected', 'az3-storefront-a', 'kitchen', 'az2-kitchen-a', 'az2'),
      change(HEALING_MS + 500, 'target.returned', 'az1-storefront-a', 'kitchen', 'az2-kitchen-a', 'az2'),
      // The kitchens that were given back, when the run was over.
      change(END_MS + 800, 'target.returned', 'az2-storefront-a', 'kitchen', 'az1-kitchen-a'),
    ];
    expect(judge(crossing(), cutJournal(false, words), document).timelineMs).toMatchObject({ moved: null, firstFailedCheck: 120, ejected: 350, readmitted: HEALING_MS + 500 - FAULT_MS });
    expect(judge(crossing(), cutJournal(true, words), document).timelineMs.ejected).toBe(200);
  });

  test.each<[string, JournalEvent[], RegExp]>([
    ['what is given was not made', cutJournal().filter((event) => event.type !== 'given.made' || event.target !== GIVEN[1]), /1 of the 2 faults that the document gives were made beforehand/],
    ['what is given ended early', [...cutJournal(), { type: 'given.lost', atMs: FAULT_MS, target: 'az1-kitchen-a', reason: 'healed by hand' }], /done to az1-kitchen-a beforehand ended before the run: healed by hand/],
    ['what is given stays broken', [...cutJournal(), { type: 'given.healed', acknowledgedMs: END_MS, atMs: END_MS, target: 'az1-kitchen-a', healed: [], remains: [{ name: 'az1-kitchen-a', reason: 'it does not start' }] }], /az1-kitchen-a could not be healed: it does not start/],
  ])('is INCONCLUSIVE when %s', (_what, journal, sentence) => {
    const run = judge(crossing(), journal, document);
    expect(run.verdict).toBe('INCONCLUSIVE');
    expect(run.reasons.join('\n')).toMatch(sentence);
  });
});

describe('a fault on the ways of an AZ', () => {
  const journal = stagedJournal((event) => (event.type === 'fault.injected' ? { ...event, verb: 'isolate', members: ['az1-link/az1-load-balancer', 'az2-link/az1-kitchen-a', 'az1-link/az2-kitchen-a'] } : event));
  const isolation: ExperimentDocument = { ...stagedDocument, fault: { verb: 'isolate', target: '${{ matrix.az }}' } };

  test('is noticed by who stands outside, not by what the AZ thinks of the others', () => {
    const inside = change(FAULT_MS + 20, 'target.ejected', 'az1-load-balancer', 'load-balancer', 'az2-storefront-a', 'az2');
    expect(judge(SOUND, [inside, ...journal], isolation)).toMatchObject({ verdict: 'PASS', fault: 'isolate az1', timelineMs: { firstFailedCheck: 90, ejected: 95, readmitted: 12_900 } });
  });

  test('must make orders leave', () => {
    const stuck = stagedRecords((record) => (record.az === 'az2' && record.intendedMs > FAULT_MS ? { ...record, retried: 'az1' } : record));
    expect(judge(stuck, journal, isolation).reasons.join()).toMatch(/never moved away from az1/);
  });

  test('that is only measured passes whatever came of it, but not without evidence', () => {
    const measured: ExperimentDocument = { ...isolation, assertions: [] };
    const failing = stagedRecords((record) => (record.intendedMs > FAULT_MS && record.intendedMs < FAULT_MS + 500 ? { ...record, status: 503, bakeMs: null } : record));
    expect(judge(failing, journal, measured)).toMatchObject({ verdict: 'PASS', requests: { failed: 149 }, menu: { failed: 149 } });
    expect(judge([], journal, measured).verdict).toBe('INCONCLUSIVE');
  });
});

describe('a run that was cut short', () => {
  test.each([
    ['run.aborted', 'ABORTED'],
    ['run.failed', 'ERROR'],
  ] as const)('%s ends %s with its reason, whatever the records say', (type, verdict) => {
    const journal: JournalEvent[] = [...stagedJournal(), { type, atMs: FAULT_MS, reason: 'Ctrl-C' }];
    expect(verdictOf(SOUND, journal)).toMatchObject({ verdict, reasons: ['Ctrl-C'] });
    expect(verdictOf([], journal)).toMatchObject({ verdict, reasons: ['Ctrl-C'] });
  });
});

describe('the control arm', () => {
  test('counts failures but neither moves nor passes the front door', () => {
    const bare = stagedRecords((record) => ({ ...record, arm: 'bare', ...(record.retried === null ? {} : { status: null, answeredMs: null, bakeMs: null, az: null, retried: null }) }));
    const run = judge(bare, stagedJournal(), { ...stagedDocument, arm: 'bare' });
    expect(run).toMatchObject({ verdict: 'FAIL', attemptsPerRequest: null });
    expect(run.timelineMs.moved).toBeNull();
    expect(run.touched).toBe(run.requests.failed);
    expect(run.timelineMs.firstCustomerError).toBe(0);
  });
});

describe('whatever the records are', () => {
  const anyRecord = fc.record({
    seq: fc.oneof(fc.integer(), fc.double(), fc.constant(null)), kind: fc.constantFrom('order', 'menu', 'x', undefined), arm: fc.constantFrom('balanced', 'bare', null),
    intendedMs: fc.oneof(fc.double(), fc.integer({ min: START_MS, max: END_MS })), sentMs: fc.oneof(fc.double(), fc.integer({ min: START_MS, max: END_MS })),
    answeredMs: fc.oneof(fc.double(), fc.constant(null), fc.string()), status: fc.constantFrom(200, 201, 500, null, '200', Number.NaN), az: fc.oneof(fc.constantFrom('az1', 'az2', null), fc.anything()),
    retried: fc.oneof(fc.constantFrom('az1', null), fc.anything()), bakedIn: fc.oneof(fc.constantFrom('az2', null), fc.anything()), bakeMs: fc.oneof(fc.double(), fc.constant(null), fc.anything()),
  });

  test('garbage neither throws nor passes', () => {
    fc.assert(fc.property(fc.array(fc.oneof(anyRecord, fc.anything()), { maxLength: 50 }), (garbage) => {
      expect(verdictOf(garbage as CustomerRecord[]).verdict).toBe('INCONCLUSIVE');
    }), { numRuns: 200 });
  });

  test('one garbled record among sound ones is enough to stop a PASS', () => {
    const fields = ['seq', 'kind', 'arm', 'intendedMs', 'sentMs', 'answeredMs', 'status'] as const;
    fc.assert(fc.property(fc.integer({ min: 0, max: SOUND.length - 1 }), fc.constantFrom(...fields), fc.constantFrom(undefined, Number.NaN, 'x', -1e9), (index, field, value) => {
      const garbled = SOUND.map((record, at) => (at === index ? { ...record, [field]: value } : record)) as CustomerRecord[];
      expect(verdictOf(garbled).verdict).not.toBe('PASS');
    }), { numRuns: 60 });
  });

  test('any failed order, wherever it is, stops a PASS', () => {
    const orders = SOUND.filter(({ kind }) => kind === 'order');
    fc.assert(fc.property(fc.nat(orders.length - 1), fc.constantFrom(500, 502, 503, 404, null), (index, status) => {
      const { seq } = orders[index] as CustomerRecord;
      const records = SOUND.map((record) => (record.seq === seq ? { ...record, status, bakeMs: null } : record));
      expect(verdictOf(records)).toMatchObject({ verdict: 'FAIL', requests: { failed: 1, offered: 12_000, answered: 11_999 } });
    }), { numRuns: 60 });
  });

  test('a stretch taken out of the middle stops a PASS, however short', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: SOUND.length - 500 }), fc.integer({ min: 1, max: 400 }), (from, length) => {
      expect(verdictOf(SOUND.filter((_, at) => at < from || at >= from + length)).verdict).toBe('INCONCLUSIVE');
    }), { numRuns: 60 });
  });
});
