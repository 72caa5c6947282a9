import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultRequest } from '#contracts/faults.ts';
import { deadOf } from './driver.ts';
import { FakeDriver, foundNowhere, linkedRegion, obedientServices, smallRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';
import { FakeLink } from './links/fake-link.fixture.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { Switches } from './switches.ts';

const region = linkedRegion();
const NOBODY = { probe: () => Promise.reject(new Error('nobody')), close: () => undefined };
let driver: FakeDriver;
let fakes: Map<string, FakeLink>;
let injector: Injector;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  driver = new FakeDriver(region);
  fakes = new Map(region.links.map((one) => [one.name, new FakeLink(one)]));
  injector = new Injector({
    region, driver, journal: new MemoryJournal(), found: foundNowhere,
    switches: new Switches(region.endpoints, async () => ({ status: 204, text: '' })),
    services: obedientServices(region),
    links: new Links(region.links, () => deadOf(driver), ({ name }) => link(name)),
    roundTrips: new RoundTrips(region.links, NOBODY),
  });
});

afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

function link(name: string): FakeLink {
  const found = fakes.get(name);
  if (found === undefined) throw new Error(`no link ${name}`);
  return found;
}

/** Toxics and shut ways that are no base latency, as `<link>/<way> <toxic>`; empty means healed. */
function marks(): string[] {
  return [...fakes].flatMap(([name, { ways }]) =>
    [...ways].flatMap(([proxy, { toxics, enabled }]) => [
      ...toxics.filter((toxic) => toxic.name !== 'base-latency').map((toxic) => `${name}/${proxy} ${toxic.name}`),
      ...(enabled ? [] : [`${name}/${proxy} shut`]),
    ]),
  );
}

/** What happens to a link when its process does not answer, as seen over its API. */
function fall(name: string, how: 'kill' | 'freeze'): Promise<unknown> {
  link(name).silent = true;
  if (how === 'kill') link(name).restart();
  return how === 'kill' ? driver.kill(name) : driver.freeze(name);
}

const SLOW: FaultRequest = { verb: 'slow', target: 'az1', latencyMs: 400 };
const CUT: FaultRequest = { verb: 'cut', target: 'az1', peer: 'az2' };
const passRound = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2100);

describe('a fault on links', () => {
  it('says what it was given and which ways it acts on', async () => {
    expect(await injector.break({ ...CUT, refuse: true, reason: 'drill' })).toMatchObject({
      id: 'f1', verb: 'cut', target: 'az1', detail: { peer: 'az2', refuse: true }, reason: 'drill', state: 'active',
      members: ['az1-link/az2-kitchen-a', 'az2-link/az1-kitchen-a'],
    });
    expect(marks()).toEqual(['az1-link/az2-kitchen-a shut', 'az2-link/az1-kitchen-a shut']);
  });

  it('heals itself when nobody renews it, and holds on when somebody does', async () => {
    const { id } = await injector.break({ ...SLOW, leaseMs: 5000 });
    await vi.advanceTimersByTimeAsync(4000);
    await injector.renew(id, 5000);
    await vi.advanceTimersByTimeAsync(4000);
    expect(marks()).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(1100);
    expect(marks()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('conflicts with its own verb on the same way, and overlaps with the others', async () => {
    await injector.break(CUT);
    await expect(injector.break({ verb: 'cut', target: 'az2', peer: 'az1', oneWay: true })).rejects.toMatchObject({
      code: 'AZ_CONFLICT', message: expect.stringContaining('"cut az1" holds az2-link/az1-kitchen-a') as string,
    });
    await injector.break({ verb: 'cut', target: 'az2', peer: 'az3' });
    await injector.break(SLOW);
    await expect(injector.break({ ...SLOW, target: 'az2' })).rejects.toMatchObject({ code: 'AZ_CONFLICT' });
    expect(injector.faults().map(({ verb, target }) => `${verb} ${target}`)).toEqual(['cut az1', 'cut az2', 'slow az1']);
  });

  it('names no more than a few of the ways that another one holds', async () => {
    await injector.break({ verb: 'isolate', target: 'az1' });
    await expect(injector.break({ verb: 'isolate', target: 'az1' })).rejects.toThrow(/holds az1-link\/az1-load-balancer, az1-link\/az2-kitchen-a, az1-link\/az3-kitchen-a and 2 more\)$/);
  });

  it.each(['az1-dc1', 'az1-kitchen-a', 'az1-link'])('takes whole AZs only, not %s', async (target) => {
    const dc = linkedRegion();
    for (const one of dc.endpoints) if (one.role === 'service') one.dc = `${one.az}-dc1`;
    injector.close();
    injector = new Injector({ region: dc, driver, journal: new MemoryJournal(), found: foundNowhere, links: new Links([], () => new Set()), roundTrips: new RoundTrips([]) });
    await expect(injector.break({ verb: 'isolate', target })).rejects.toMatchObject({ code: 'AZ_BAD_REQUEST', message: expect.stringContaining('isolate takes a whole AZ, such as az1') as string });
  });

  it('is unsupported in a region without links, with the reason', async () => {
    injector.close();
    injector = new Injector({ region: smallRegion(), driver: new FakeDriver(smallRegion()), journal: new MemoryJournal(), found: foundNowhere });
    await expect(injector.break(SLOW)).rejects.toMatchObject({ code: 'AZ_UNSUPPORTED', message: expect.stringContaining('az1-link: it is a container image') as string });
    await expect(injector.break({ verb: 'isolate', target: 'az2' })).rejects.toMatchObject({ message: expect.stringContaining('its members call each other directly') as string });
    expect((await injector.status()).roundTrips).toEqual([]);
  });

  it('that no link can be told of is an error, and is held until they say that nothing of it is left', async () => {
    for (const name of fakes.keys()) link(name).silent = true;
    await expect(injector.break(SLOW)).rejects.toMatchObject({ code: 'AZ_INSTANCE_SILENT', message: expect.stringContaining('az3-link did not answer') as string });
    expect(injector.faults()).toMatchObject([{ verb: 'slow', state: 'healing' }]);
    for (const name of fakes.keys()) link(name).silent = false;
    await passRound();
    expect([marks(), injector.faults()]).toEqual([[], []]);
  });
});

describe('heal', () => {
  it('of one of two faults on the same ways leaves the other', async () => {
    const slow = await injector.break(SLOW);
    await injector.break(CUT);
    expect(await injector.healFault(slow.id)).toMatchObject({ healed: ['az1-link', 'az2-link', 'az3-link'], remains: [] });
    expect(injector.faults().map(({ verb }) => verb)).toEqual(['cut']);
    expect(marks().every((mark) => mark.includes(' f2-timeout'))).toBe(true);
    expect(marks()).toHaveLength(4);
  });

  it('of an AZ ends what holds it or has it as peer, and nothing else', async () => {
    await injector.break(CUT);
    await injector.break({ verb: 'cut', target: 'az2', peer: 'az3' });
    await injector.break({ verb: 'flaky', target: 'az3' });
    await injector.heal('az2');
    expect(injector.faults().map(({ verb, target }) => `${verb} ${target}`)).toEqual(['flaky az3']);
    expect(marks().every((mark) => mark.endsWith(' f3-reset_peer-upstream'))).toBe(true);
  });

  it('of a replica ends no fault on links', async () => {
    await injector.break(SLOW);
    await injector.heal('az1-kitchen-a');
    await injector.heal('az1-link');
    expect(injector.faults()).toHaveLength(1);
    expect(marks()).toHaveLength(5);
  });

  it('of everything goes by inspection: what nobody here made is taken off, and twice is harmless', async () => {
    await injector.break({ verb: 'isolate', target: 'az2' });
    const way = link('az3-link').ways.get('az1-kitchen-a');
    way?.toxics.push({ name: 'by-hand', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 5, jitter: 0 } });
    if (way !== undefined) way.enabled = false;
    expect(await injector.heal()).toMatchObject({ healed: ['az1-link', 'az2-link', 'az3-link'], remains: [] });
    expect(marks()).toEqual([]);
    expect(await injector.heal()).toMatchObject({ healed: [], remains: [] });
  });

  it('names a link that still carries something, and the fault goes when the link does as it is told', async () => {
    await injector.break(SLOW);
    link('az2-link').refuses = /^remove/;
    const { remains } = await injector.heal('az1');
    expect(remains).toEqual([{ name: 'az2-link', reason: 'az2-link refused remove az1-kitchen-a f1-latency-upstream' }]);
    expect(injector.faults()).toMatchObject([{ id: 'f1', state: 'healing', pending: remains }]);
    link('az2-link').refuses = null;
    await passRound();
    await passRound();
    expect(injector.faults()).toEqual([]);
    expect(marks()).toEqual([]);
  });
});

describe('a link that falls', () => {
  it('keeps a fault pending, and gets it when it is back', async () => {
    await fall('az2-link', 'freeze');
    expect((await injector.break(SLOW)).pending).toEqual([{ name: 'az2-link', reason: 'az2-link did not answer' }]);
    link('az2-link').silent = false;
    await passRound();
    expect(injector.faults()[0]).not.toHaveProperty('pending');
    expect(marks()).toHaveLength(5);
  });

  it.each(['slow', 'kill'])('by a kill while its AZ is slow is healed in any order: %s first', async (first) => {
    const slow = await injector.break(SLOW);
    const kill = await injector.break({ verb: 'kill', target: 'az1' });
    await fall('az1-link', 'kill');
    await passRound();
    expect(injector.faults()).toMatchObject([{ id: slow.id, pending: [{ name: 'az1-link' }] }, { id: kill.id }]);
    if (first === 'slow') {
      // A dead link carries nothing: the fault is over although it cannot be asked.
      expect(await injector.healFault(slow.id)).toMatchObject({ remains: [] });
      expect(injector.faults().map(({ id }) => id)).toEqual([kill.id]);
      link('az1-link').silent = false;
      await injector.healFault(kill.id);
    } else {
      link('az1-link').silent = false;
      await injector.healFault(kill.id);
      expect(link('az1-link').toxics('az1-load-balancer')).toEqual(['f1-latency-upstream']);
      await injector.healFault(slow.id);
    }
    expect(injector.faults()).toEqual([]);
    expect(marks()).toEqual([]);
    expect(driver.components().every(({ state }) => state === 'running')).toBe(true);
  });

  it('by a freeze carries its fault on: the heal names it, and ends when it goes on', async () => {
    const { id } = await injector.break(SLOW);
    await fall('az1-link', 'freeze');
    expect((await injector.healFault(id)).remains).toEqual([{ name: 'az1-link', reason: 'az1-link did not answer' }]);
    expect(injector.faults()).toMatchObject([{ id, state: 'healing' }]);
    await driver.thaw('az1-link');
    link('az1-link').silent = false;
    await passRound();
    await passRound();
    expect(injector.faults()).toEqual([]);
    expect(marks()).toEqual([]);
  });
});

it('the status tells a round trip for every ordered pair of AZs, measured or not', async () => {
  const { roundTrips } = await injector.status();
  expect(roundTrips).toHaveLength(6);
  expect(roundTrips[0]).toEqual({ from: 'az1', to: 'az2', medianMs: null });
});
