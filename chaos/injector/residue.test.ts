import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AzimuthError } from '#contracts/errors.ts';
import { FAULT_VERBS, HOLDERS, type FaultRequest } from '#contracts/faults.ts';
import { FakeWorld } from './fake-world.fixture.ts';
import type { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';
import { isBroken } from './residue.ts';

const BY_HAND = { name: 'by-hand', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 5, jitter: 0 } } as const;
let world: FakeWorld;
let injector: Injector;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  world = new FakeWorld();
  injector = world.injector(new MemoryJournal());
});

afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

const way = (link: string, proxy: string) => {
  const found = world.link(link).ways.get(proxy);
  if (found === undefined) throw new Error(`no way ${link}/${proxy}`);
  return found;
};

describe('the residue', () => {
  it('of a region that is whole is empty', async () => {
    expect(await injector.residue()).toEqual([]);
  });

  it.each<[what: string, wound: () => unknown, residue: { name: string; reason: string }]>([
    ['a component that died', () => world.driver.kill('az1-kitchen-a'), { name: 'az1-kitchen-a', reason: 'is dead' }],
    ['a component that is frozen', () => world.driver.freeze('az2-load-balancer'), { name: 'az2-load-balancer', reason: 'is frozen' }],
    ['a component off its networks', () => world.driver.detach('az3-link'), { name: 'az3-link', reason: 'is detached' }],
    ['a way that is shut', () => (way('az1-link', 'az2-kitchen-a').enabled = false), { name: 'az1-link', reason: 'az2-kitchen-a is shut' }],
    ['a toxic made by hand', () => way('az1-link', 'az2-kitchen-a').toxics.push(BY_HAND), { name: 'az1-link', reason: 'az2-kitchen-a has by-hand' }],
    ['a base latency that is gone', () => way('az1-link', 'az2-kitchen-a').toxics.splice(0), { name: 'az1-link', reason: 'az2-kitchen-a lacks base-latency' }],
    ['a base latency that is another', () => Object.assign(way('az1-link', 'az2-kitchen-a').toxics[0]?.attributes ?? {}, { latency: 9 }), { name: 'az1-link', reason: 'az2-kitchen-a has another base-latency' }],
    ['a way that is gone', () => world.link('az1-link').ways.delete('az2-kitchen-a'), { name: 'az1-link', reason: 'az2-kitchen-a is not there' }],
    ['many ways of one link', () => world.link('az1-link').ways.forEach((one) => one.toxics.splice(0, 1, BY_HAND)), { name: 'az1-link', reason: 'az1-load-balancer has by-hand, az2-kitchen-a has by-hand, az2-kitchen-a lacks base-latency and 2 more' }],
    ['a link that does not say', () => (world.link('az2-link').silent = true), { name: 'az2-link', reason: 'az2-link did not answer' }],
    ['a shift', () => world.memory('az1-load-balancer').shifts.set('az3', 'by hand'), { name: 'az1-load-balancer', reason: 'leaves az3 out (by hand)' }],
    ['a service that does wrong', () => (world.memory('az1-kitchen-a').wrong = { lie: { health: 'ill', untilMs: Date.now() + 1000 }, lag: null }), { name: 'az1-kitchen-a', reason: 'does as it was told: lie' }],
    ['switches', () => injector.settings({ rescue: false, ovens: 4 }), { name: 'switches', reason: 'rescue is off, 4 ovens per kitchen' }],
  ])('names %s', async (_what, wound, residue) => {
    await wound();
    expect(await injector.residue()).toEqual([residue]);
  });

  it('does not count who is dead or frozen twice', async () => {
    await injector.break({ verb: 'freeze', target: 'az1' });
    expect((await injector.residue()).map(({ name, reason }) => `${name} ${reason}`)).toEqual(['az1-link is frozen', 'az1-load-balancer is frozen', 'az1-kitchen-a is frozen']);
  });

  it('tells of what is held, too; a heal of something else leaves that and does not count it', async () => {
    await injector.break({ verb: 'slow', target: 'az1', latencyMs: 400 });
    await injector.break({ verb: 'shift', target: 'az2' });
    await injector.break({ verb: 'kill', target: 'az3-kitchen-a' });
    const { id } = await injector.break({ verb: 'cut', target: 'az1', peer: 'az2' });
    expect(await injector.healFault(id)).toMatchObject({ remains: [] });
    expect((await injector.heal('az1-kitchen-a')).remains).toEqual([]);
    expect(new Set((await injector.residue()).map(({ name }) => name))).toEqual(new Set(['az3-kitchen-a', 'az1-link', 'az2-link', 'az3-link', 'az1-load-balancer', 'az2-load-balancer', 'az3-load-balancer']));
  });

  it('is what a heal says remains, also where everything that it did went well', async () => {
    await injector.break({ verb: 'kill', target: 'az1-kitchen-a' });
    vi.spyOn(world.driver, 'start').mockResolvedValueOnce(undefined);
    expect((await injector.heal()).remains).toEqual([{ name: 'az1-kitchen-a', reason: 'is dead' }]);
    const unshift = world.memory('az2-load-balancer').shifts;
    unshift.set('az1', 'by hand');
    vi.spyOn(unshift, 'delete').mockReturnValue(false);
    expect((await injector.heal()).remains).toEqual([{ name: 'az2-load-balancer', reason: 'leaves az1 out (by hand)' }]);
  });
});

type Step = (world: FakeWorld) => Promise<unknown>;
const AZS = ['az1', 'az2', 'az3'] as const;
const az = fc.constantFrom(...AZS);
const member = fc.tuple(az, fc.constantFrom('link', 'load-balancer', 'kitchen-a')).map(([zone, what]) => `${zone}-${what}`);

const request: fc.Arbitrary<FaultRequest> = fc
  .record({ verb: fc.constantFrom(...FAULT_VERBS), zone: az, one: member, isWhole: fc.boolean(), peer: az, silent: fc.boolean(), refuse: fc.boolean(), holder: fc.constantFrom(...HOLDERS), by: fc.option(fc.constantFrom('a', 'b')), leaseMs: fc.constantFrom(1000, 5000, 600_000) })
  .map(({ verb, zone, one, isWhole, peer, silent, refuse, holder, by, leaseMs }) => ({
    verb, holder, leaseMs, ...(by === null ? {} : { by }),
    target: isWhole || !['kill', 'freeze'].includes(verb) ? zone : one,
    ...(verb === 'slow' ? { latencyMs: 400 } : {}),
    ...(verb === 'cut' ? { peer, refuse } : {}),
    ...(verb === 'fail' ? { rate: 0.5, service: 'kitchen' } : {}),
    ...(verb === 'lag' ? { latencyMs: 200, service: refuse ? 'kitchen' : 'load-balancer' } : {}),
    ...(verb === 'lie' ? { health: refuse ? 'ill' as const : 'well' as const } : {}),
    ...((verb === 'kill' || verb === 'isolate') && silent && isWhole ? { silent } : {}),
  }));

/** What anybody may do to the region, through the injector or behind its back, in any order. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: request.map((one): Step => () => refusable(injector.break(one))) },
  fc.tuple(fc.constantFrom('kill', 'freeze', 'detach'), member).map(([act, name]): Step => ({ driver }) => driver[act as 'kill'](name)),
  fc.tuple(az, fc.nat(2)).map(([zone, at]): Step => async ({ links }) => {
    const found = [...(links.get(`${zone}-link`)?.ways.values() ?? [])][at];
    if (found !== undefined) found.enabled = false;
    if (found?.toxics.some(({ name }) => name === BY_HAND.name) === false) found.toxics.push(BY_HAND);
  }),
  fc.tuple(az, az).map(([where, zone]): Step => async (one) => void one.memory(`${where}-load-balancer`).shifts.set(zone, 'by hand')),
  fc.constant<Step>(() => injector.settings({ rescue: false, ovens: 4 })),
  member.map((name): Step => async (one) => void (one.memory(name).wrong = name.endsWith('link') ? {} : { lie: { health: 'ill', untilMs: Date.now() + 600_000 } })),
  fc.tuple(fc.oneof(az, member)).map(([target]): Step => () => injector.heal(target)),
  fc.tuple(request, request, az).map(([one, other, target]): Step => () => Promise.all([refusable(injector.break(one)), injector.heal(target), refusable(injector.break(other))])),
  fc.constantFrom(500, 1500, 6000).map((ms): Step => () => vi.advanceTimersByTimeAsync(ms)),
  // SIGKILL, and what its successor does first.
  fc.constant<Step>(async ({ driver }) => {
    injector.close();
    injector = world.injector(journal);
    await injector.mend(driver.components().filter(isBroken).map(({ name }) => name));
  }),
);

/** Refused is fine; anything else that is thrown is not. */
async function refusable(act: Promise<unknown>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!(error instanceof AzimuthError)) throw error;
  });
}

let journal: MemoryJournal;

describe('a heal of everything', () => {
  it('leaves nothing of any combination of faults, by hand or not, and does nothing the second time', async () => {
    const made: number[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        injector.close();
        world = new FakeWorld();
        journal = new MemoryJournal();
        injector = world.injector(journal);
        for (const one of steps) await one(world);
        made.push(world.wounds().length);
        expect((await injector.heal()).remains).toEqual([]);
        expect(world.wounds()).toEqual([]);
        expect(await injector.residue()).toEqual([]);
        expect([injector.faults(), [...journal.state.open.keys()]]).toEqual([[], []]);
        expect(await injector.heal()).toMatchObject({ healed: [], remains: [] });
      }),
      { numRuns: 400, seed: 21 },
    );
    // A property of a region that nobody broke would say nothing.
    expect(made.filter((wounds) => wounds > 3).length).toBeGreaterThan(200);
  });
});
