import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLDERS, type FaultVerb } from '#contracts/faults.ts';
import { isSameAuthor, type Author } from './holders.ts';
import { createLeaseBook, HEAL_RETRY_MS, leasesWakeAtMs, LOSSES_MAX, stepLeases, wouldLease, type LeaseAction, type LeaseBook, type LeaseEvent } from './leases.ts';

const AZ1 = ['az1-kitchen-a', 'az1-kitchen-b'];

const OPERATOR: Author = { holder: 'operator', by: null };
const SUITE: Author = { holder: 'suite', by: 'az-power-loss az1' };

function asked(id: string, members: string[], zone: string | null = null, leaseMs = 10_000, author = OPERATOR): LeaseEvent {
  return { type: 'fault.asked', fault: { id, verb: zone === null ? 'kill' : 'shift', target: 'az1', detail: {}, zone, azs: azsOf(members), members, reason: null, ...author }, leaseMs };
}

const by = (author: Author, id: string, members: string[] = AZ1): LeaseEvent => asked(id, members, null, 10_000, author);
const azsOf = (members: string[]): string[] => [...new Set(members.map((name) => name.slice(0, 3)))];

function onLinks(id: string, verb: FaultVerb, ways: string[]): LeaseEvent {
  return { type: 'fault.asked', fault: { id, verb, target: 'az1', detail: {}, zone: null, azs: ['az1'], members: ways, reason: null, ...OPERATOR }, leaseMs: 10_000 };
}

/** Plays events at their times and tells the last step's actions. */
function play(book: LeaseBook, ...trace: [atMs: number, event: LeaseEvent][]): LeaseAction[] {
  let actions: LeaseAction[] = [];
  for (const [atMs, event] of trace) actions = stepLeases(book, event, atMs);
  return actions;
}

describe('a lease', () => {
  it('heals its fault when it ends, and not a millisecond before', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.applied', id: 'f1' }]);
    expect(leasesWakeAtMs(book)).toBe(10_001);
    expect(play(book, [10_000, { type: 'tick' }])).toEqual([]);
    expect(play(book, [10_001, { type: 'tick' }])).toEqual([{ type: 'heal', id: 'f1', reason: 'lease-ended' }]);
    expect(play(book, [10_002, { type: 'tick' }])).toEqual([]);
  });

  it('lives on from the moment it is renewed', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.applied', id: 'f1' }], [9_000, { type: 'lease.renewed', id: 'f1', leaseMs: 10_000 }]);
    expect(leasesWakeAtMs(book)).toBe(19_000);
  });

  it('cannot be renewed once its healing has begun', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.applied', id: 'f1' }], [10_001, { type: 'tick' }]);
    expect(play(book, [10_001, { type: 'lease.renewed', id: 'f1', leaseMs: 10_000 }])).toEqual([{ type: 'refuse-renewal', id: 'f1', loss: null }]);
    expect(play(book, [10_001, { type: 'lease.renewed', id: 'f9', leaseMs: 10_000 }])).toEqual([{ type: 'refuse-renewal', id: 'f9', loss: null }]);
  });

  it('begins when the driver is done: only then can its author renew it', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1, null, 1_000)]);
    expect(play(book, [2_000, { type: 'tick' }])).toEqual([]);
    expect(play(book, [2_001, { type: 'fault.applied', id: 'f1' }], [3_000, { type: 'tick' }])).toEqual([]);
    expect(play(book, [3_001, { type: 'tick' }])).toEqual([{ type: 'heal', id: 'f1', reason: 'lease-ended' }]);
  });

  it('that ended during a long silence (a laptop that slept) heals at the first tick after it', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.applied', id: 'f1' }]);
    expect(play(book, [36_000_000, { type: 'tick' }])).toEqual([{ type: 'heal', id: 'f1', reason: 'lease-ended' }]);
  });
});

describe('a heal', () => {
  it('that leaves something is tried again, until nothing is left', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.applied', id: 'f1' }], [100, { type: 'heal.begun', id: 'f1' }]);
    expect(leasesWakeAtMs(book)).toBe(Infinity);
    play(book, [200, { type: 'heal.finished', members: ['az1-kitchen-a'], zones: [], offLinks: [] }], [200, { type: 'heal.failed', id: 'f1' }]);
    expect(play(book, [200 + HEAL_RETRY_MS, { type: 'tick' }])).toEqual([{ type: 'heal', id: 'f1', reason: 'left-over' }]);
    play(book, [3_000, { type: 'heal.finished', members: ['az1-kitchen-b'], zones: [], offLinks: [] }], [3_000, { type: 'heal.failed', id: 'f1' }]);
    expect(book.faults.size).toBe(0);
    expect(leasesWakeAtMs(book)).toBe(Infinity);
  });

  it('of one replica leaves the rest of the fault held, and its lease as it was', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.applied', id: 'f1' }], [2, { type: 'heal.finished', members: ['az1-kitchen-a'], zones: [], offLinks: [] }]);
    expect(book.faults.get('f1')).toMatchObject({ members: ['az1-kitchen-b'], state: 'active', leaseEndsMs: 10_001 });
  });

  it('of members does not end a shift, and a heal of the zone does', () => {
    const book = createLeaseBook();
    play(book, [0, asked('s1', AZ1, 'az1')], [1, { type: 'fault.applied', id: 's1' }], [2, { type: 'heal.finished', members: AZ1, zones: [], offLinks: [] }]);
    expect(book.faults.has('s1')).toBe(true);
    play(book, [3, { type: 'heal.finished', members: [], zones: ['az1'], offLinks: [] }]);
    expect(book.faults.has('s1')).toBe(false);
  });
});

describe('a second fault', () => {
  it('on a component that is held is refused, with who holds what', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)]);
    expect(play(book, [1, asked('f2', ['az1-kitchen-b', 'az1-storefront-a'])])).toEqual([{ type: 'refuse', id: 'f2', by: 'f1', names: ['az1-kitchen-b'] }]);
    expect([...book.faults.keys()]).toEqual(['f1']);
  });

  it('elsewhere is applied', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)]);
    expect(play(book, [1, asked('f2', ['az2-kitchen-a'])])).toEqual([{ type: 'apply', id: 'f2', takesOver: [] }]);
  });

  it('may kill an AZ that was shifted away before, but not shift it twice', () => {
    const book = createLeaseBook();
    play(book, [0, asked('s1', AZ1, 'az1')]);
    expect(play(book, [1, asked('f1', AZ1)])).toEqual([{ type: 'apply', id: 'f1', takesOver: [] }]);
    expect(play(book, [2, asked('s2', AZ1, 'az1')])).toEqual([{ type: 'refuse', id: 's2', by: 's1', names: ['az1'] }]);
  });

  it('is possible as soon as the first could not be applied', () => {
    const book = createLeaseBook();
    play(book, [0, asked('f1', AZ1)], [1, { type: 'fault.failed', id: 'f1' }]);
    expect(play(book, [2, asked('f2', AZ1)])).toEqual([{ type: 'apply', id: 'f2', takesOver: [] }]);
  });
});

describe('a fault on links', () => {
  const WAYS = ['az1-link/az2-kitchen-a', 'az2-link/az1-kitchen-a'];

  it('holds its ways against its own verb alone', () => {
    const book = createLeaseBook();
    play(book, [0, onLinks('f1', 'slow', WAYS)]);
    expect(play(book, [1, onLinks('f2', 'cut', WAYS)])).toEqual([{ type: 'apply', id: 'f2', takesOver: [] }]);
    expect(play(book, [2, onLinks('f3', 'slow', ['az2-link/az1-kitchen-a'])])).toEqual([{ type: 'refuse', id: 'f3', by: 'f1', names: ['az2-link/az1-kitchen-a'] }]);
    expect(play(book, [3, onLinks('f4', 'slow', ['az3-link/az2-kitchen-a'])])).toEqual([{ type: 'apply', id: 'f4', takesOver: [] }]);
  });

  it('does not keep an AZ from being killed or shifted', () => {
    const book = createLeaseBook();
    play(book, [0, onLinks('f1', 'isolate', WAYS)]);
    expect(play(book, [1, asked('f2', ['az1-link', ...AZ1])])).toEqual([{ type: 'apply', id: 'f2', takesOver: [] }]);
    expect(play(book, [2, asked('s1', AZ1, 'az1')])).toEqual([{ type: 'apply', id: 's1', takesOver: [] }]);
    expect(play(book, [3, onLinks('f3', 'flaky', WAYS)])).toEqual([{ type: 'apply', id: 'f3', takesOver: [] }]);
  });

  it('ends when no link knows it any more, and leaves another on the same ways', () => {
    const book = createLeaseBook();
    play(book, [0, onLinks('f1', 'slow', WAYS)], [0, onLinks('f2', 'cut', WAYS)], [0, { type: 'fault.applied', id: 'f1' }], [0, { type: 'fault.applied', id: 'f2' }]);
    play(book, [1, { type: 'heal.finished', members: WAYS, zones: ['az1'], offLinks: [] }]);
    expect([...book.faults.keys()]).toEqual(['f1', 'f2']);
    play(book, [2, { type: 'heal.finished', members: [], zones: [], offLinks: ['f1'] }]);
    expect([...book.faults.keys()]).toEqual(['f2']);
    expect(book.faults.get('f2')?.members).toEqual(WAYS);
  });
});

describe('a fault in services', () => {
  const inServices = (id: string, verb: FaultVerb, members: string[] = AZ1): LeaseEvent => onLinks(id, verb, members);
  const applied = (id: string): LeaseEvent => ({ type: 'fault.applied', id });

  it('holds its members against its own verb alone, whoever came first', () => {
    const book = createLeaseBook();
    play(book, [0, inServices('f1', 'fail')]);
    expect(play(book, [1, inServices('f2', 'lag')])).toEqual([{ type: 'apply', id: 'f2', takesOver: [] }]);
    expect(play(book, [2, inServices('f3', 'fail', ['az1-kitchen-b'])])).toEqual([{ type: 'refuse', id: 'f3', by: 'f1', names: ['az1-kitchen-b'] }]);
    expect(play(book, [3, asked('f4', AZ1)])).toEqual([{ type: 'apply', id: 'f4', takesOver: [] }]);
    expect(play(book, [4, inServices('f5', 'lie')])).toEqual([{ type: 'apply', id: 'f5', takesOver: [] }]);
    expect(play(book, [5, asked('s1', AZ1, 'az1')])).toEqual([{ type: 'apply', id: 's1', takesOver: [] }]);
  });

  it('ends for each service that is free of it, and not because that runs', () => {
    const book = createLeaseBook();
    play(book, [0, inServices('f1', 'fail')], [0, inServices('f2', 'lag')], [0, applied('f1')], [0, applied('f2')]);
    play(book, [1, { type: 'heal.finished', members: AZ1, zones: ['az1'], offLinks: [] }]);
    expect(book.faults.get('f1')?.members).toEqual(AZ1);
    play(book, [2, { type: 'heal.finished', members: [], zones: [], offLinks: [], freed: [{ id: 'f1', members: ['az1-kitchen-a'] }] }]);
    expect(book.faults.get('f1')?.members).toEqual(['az1-kitchen-b']);
    play(book, [3, { type: 'heal.finished', members: [], zones: [], offLinks: [], freed: [{ id: 'f1', members: ['az1-kitchen-b'] }] }]);
    expect([...book.faults.values()].map(({ id, members }) => ({ id, members }))).toEqual([{ id: 'f2', members: AZ1 }]);
  });
});

describe('a holder of higher rank', () => {
  const held = (): LeaseBook => {
    const book = createLeaseBook();
    play(book, [0, by(SUITE, 'f1')], [1, { type: 'fault.applied', id: 'f1' }]);
    return book;
  };
  const TAKEN = { type: 'taken-over', id: 'f2', verb: 'kill', target: 'az1', ...OPERATOR };

  it('takes an AZ over: what was broken there is to be healed first, and its author can renew it no more', () => {
    const book = held();
    expect(play(book, [2, by(OPERATOR, 'f2')])).toEqual([{ type: 'apply', id: 'f2', takesOver: ['f1'] }]);
    expect(play(book, [3, { type: 'lease.renewed', id: 'f1', leaseMs: 60_000 }])).toEqual([{ type: 'refuse-renewal', id: 'f1', loss: TAKEN }]);
    play(book, [4, { type: 'heal.begun', id: 'f1' }], [5, { type: 'heal.finished', members: AZ1, zones: [], offLinks: [] }]);
    expect([...book.faults]).toMatchObject([['f2', { state: 'asked', members: AZ1 }]]);
    expect(play(book, [6, { type: 'lease.renewed', id: 'f1', leaseMs: 60_000 }])).toEqual([{ type: 'refuse-renewal', id: 'f1', loss: TAKEN }]);
  });

  it('is kept by a heal of what it is going to break, until it was applied', () => {
    const book = held();
    play(book, [2, by(OPERATOR, 'f2')], [3, { type: 'heal.finished', members: AZ1, zones: ['az1'], offLinks: ['f2'] }]);
    expect(book.faults.get('f2')).toMatchObject({ state: 'asked', members: AZ1 });
  });

  it('holds against the lower one from the moment in which it asks', () => {
    const book = held();
    play(book, [2, by(OPERATOR, 'f2')]);
    expect(play(book, [3, by(SUITE, 'f3')])).toEqual([{ type: 'refuse', id: 'f3', by: 'f2', names: ['az1'] }]);
  });

  it('leaves what the lower one broke in another AZ', () => {
    const book = held();
    expect(play(book, [2, by(OPERATOR, 'f2', ['az2-kitchen-a'])])).toEqual([{ type: 'apply', id: 'f2', takesOver: [] }]);
    expect(play(book, [3, { type: 'lease.renewed', id: 'f1', leaseMs: 60_000 }])).toEqual([]);
  });

  it('asked what it would do does nothing', () => {
    const book = held();
    const before = structuredClone(book);
    const event = by(OPERATOR, 'f2');
    if (event.type === 'fault.asked') expect(wouldLease(book, event.fault)).toEqual({ type: 'apply', id: 'f2', takesOver: ['f1'] });
    expect(book).toEqual(before);
  });

  it('ends what the driver still acts on for the lower one as soon as it was applied', () => {
    const book = createLeaseBook();
    play(book, [0, by(SUITE, 'f1')], [1, by(OPERATOR, 'f2')], [2, { type: 'fault.applied', id: 'f1' }]);
    expect(play(book, [3, { type: 'tick' }])).toEqual([{ type: 'heal', id: 'f1', reason: 'lease-ended' }]);
  });

  it('of lost faults the newest are remembered', () => {
    const book = createLeaseBook();
    for (let n = 1; n <= LOSSES_MAX + 1; n += 1) {
      play(book, [n, by(SUITE, `s${n}`)], [n, { type: 'fault.applied', id: `s${n}` }], [n, by(OPERATOR, `o${n}`)]);
      play(book, [n, { type: 'heal.finished', members: AZ1, zones: [], offLinks: [] }], [n, { type: 'fault.failed', id: `o${n}` }]);
    }
    expect([...book.losses.keys()]).toEqual(Array.from({ length: LOSSES_MAX }, (_, index) => `s${index + 2}`));
  });
});

describe('an eviction', () => {
  it('ends the faults of its rank and no others, and says why when they are renewed', () => {
    const book = createLeaseBook();
    play(book, [0, by(SUITE, 'f1')], [0, by(OPERATOR, 'f2', ['az2-kitchen-a'])], [0, by(SUITE, 'f3', ['az3-kitchen-a'])]);
    play(book, [1, { type: 'fault.applied', id: 'f1' }], [1, { type: 'fault.applied', id: 'f2' }]);
    expect(play(book, [2, { type: 'holder.evicted', holder: 'suite', reason: 'incident' }])).toEqual([{ type: 'heal', id: 'f1', reason: 'evicted' }]);
    const loss = { type: 'evicted', reason: 'incident' };
    expect(play(book, [3, { type: 'lease.renewed', id: 'f1', leaseMs: 1 }])).toEqual([{ type: 'refuse-renewal', id: 'f1', loss }]);
    expect(play(book, [3, { type: 'lease.renewed', id: 'f2', leaseMs: 60_000 }])).toEqual([]);
    expect(play(book, [4, { type: 'fault.applied', id: 'f3' }], [5, { type: 'tick' }])).toEqual([{ type: 'heal', id: 'f3', reason: 'lease-ended' }]);
  });
});

describe('whatever happens in whatever order', () => {
  const AZS = ['az1', 'az2', 'az3'];
  const author = fc.record({ holder: fc.constantFrom(...HOLDERS), by: fc.constantFrom('a', 'b', null) });
  const some = fc.nat(5);
  type Happening = (ids: readonly string[]) => LeaseEvent;
  const idOf = (ids: readonly string[], at: number): string => ids[at % Math.max(1, ids.length)] ?? 'none';
  const event: fc.Arbitrary<Happening> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ who: author, az: fc.constantFrom(...AZS), isShift: fc.boolean(), leaseMs: fc.integer({ min: 1, max: 20_000 }) }).map(({ who, az, isShift, leaseMs }) => (ids: readonly string[]) => asked(`f${ids.length + 1}`, [`${az}-kitchen-a`, `${az}-kitchen-b`], isShift ? az : null, leaseMs, who)) },
    { weight: 2, arbitrary: some.map((at) => (ids: readonly string[]): LeaseEvent => ({ type: 'fault.applied', id: idOf(ids, ids.length - 1 - at) })) },
    some.map((at) => (ids: readonly string[]): LeaseEvent => ({ type: 'fault.failed', id: idOf(ids, at) })),
    fc.tuple(some, fc.integer({ min: 1, max: 20_000 })).map(([at, leaseMs]) => (ids: readonly string[]): LeaseEvent => ({ type: 'lease.renewed', id: idOf(ids, at), leaseMs })),
    some.map((at) => (ids: readonly string[]): LeaseEvent => ({ type: 'heal.begun', id: idOf(ids, at) })),
    some.map((at) => (ids: readonly string[]): LeaseEvent => ({ type: 'heal.failed', id: idOf(ids, at) })),
    fc.constantFrom(...AZS).map((az) => (): LeaseEvent => ({ type: 'heal.finished', members: [`${az}-kitchen-a`, `${az}-kitchen-b`], zones: [az], offLinks: [] })),
    fc.constantFrom(...HOLDERS).map((holder) => (): LeaseEvent => ({ type: 'holder.evicted', holder, reason: 'incident' })),
    fc.constant((): LeaseEvent => ({ type: 'tick' })),
  );
  const moves = fc.array(fc.record({ forMs: fc.nat(6000), event }), { maxLength: 60 });

  it('who has lost nothing shares no AZ with another, what is lost is never renewed, and every lease that has ended is healed', () => {
    fc.assert(
      fc.property(moves, (played) => {
        const book = createLeaseBook();
        const ids: string[] = [];
        let nowMs = 0;
        for (const move of played) {
          nowMs += move.forMs;
          const happens = move.event(ids);
          if (happens.type === 'fault.asked') ids.push(happens.fault.id);
          const endsMs = happens.type === 'lease.renewed' ? book.faults.get(happens.id)?.leaseEndsMs : undefined;
          const actions = stepLeases(book, happens, nowMs);
          if (happens.type === 'lease.renewed' && book.losses.has(happens.id)) {
            expect(actions).toMatchObject([{ type: 'refuse-renewal', id: happens.id, loss: book.losses.get(happens.id) }]);
            expect(book.faults.get(happens.id)?.leaseEndsMs).toBe(endsMs);
          }
          if (happens.type === 'tick') expect([...book.faults.values()].filter((fault) => fault.state === 'active' && fault.leaseEndsMs <= nowMs)).toEqual([]);
          for (const az of AZS) {
            const [first, ...others] = [...book.faults.values()].filter(({ id, azs, state }) => azs.includes(az) && state !== 'healing' && !book.losses.has(id));
            for (const other of others) expect(isSameAuthor(first as Author, other)).toBe(true);
          }
        }
        stepLeases(book, { type: 'tick' }, nowMs + 20_000);
        expect([...book.faults.values()].filter(({ state }) => state === 'active')).toEqual([]);
      }),
      { numRuns: 500, seed: 17 },
    );
  });
});
