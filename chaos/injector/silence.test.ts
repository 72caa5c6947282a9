import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadOf } from './driver.ts';
import { foundNowhere, linkedRegion, obedientServices } from './fake-driver.fixture.ts';
import { NetworkedDriver } from './fake-world.fixture.ts';
import { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';
import { FakeLink } from './links/fake-link.fixture.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { Switches } from './switches.ts';

const region = linkedRegion();
let driver: NetworkedDriver;
let fakes: Map<string, FakeLink>;
let injector: Injector;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  fakes = new Map(region.links.map((one) => [one.name, new FakeLink(one)]));
  driver = new NetworkedDriver(region, fakes);
  injector = new Injector({
    region, driver, journal: new MemoryJournal(), found: foundNowhere,
    switches: new Switches(region.endpoints, async () => ({ status: 204, text: '' })),
    services: obedientServices(region),
    links: new Links(region.links, () => deadOf(driver), ({ name }) => fakes.get(name) as FakeLink),
    roundTrips: new RoundTrips(region.links, { probe: () => Promise.reject(new Error('nobody')), close: () => undefined }),
  });
});

afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

const stateOf = (name: string): string | undefined => driver.components().find((one) => one.name === name)?.state;
const marks = (): string[] =>
  [...fakes].flatMap(([name, { ways }]) => [...ways].flatMap(([proxy, { toxics }]) => toxics.filter((toxic) => toxic.name !== 'base-latency').map(() => `${name}/${proxy}`)));
const marked = (): string[] => [...new Set(marks())].sort();

describe('a silent isolation', () => {
  it('is the isolation of every way, and the own link leaves its networks', async () => {
    const fault = await injector.break({ verb: 'isolate', target: 'az1', silent: true });
    expect(fault).toMatchObject({ verb: 'isolate', target: 'az1', detail: { silent: true }, state: 'active' });
    expect(stateOf('az1-link')).toBe('detached');
    expect(marked()).toContain('az2-link/az1-kitchen-a');
    expect(marked()).toEqual([...fault.members].sort());
  });

  it('does not name its own link as one that cannot be reached', async () => {
    const { id } = await injector.break({ verb: 'isolate', target: 'az1', silent: true });
    await vi.advanceTimersByTimeAsync(2100);
    expect(injector.faults()).toMatchObject([{ id }]);
    expect(injector.faults()[0]).not.toHaveProperty('pending');
  });

  it.each([['its id', (id: string) => injector.healFault(id)], ['its AZ', () => injector.heal('az1')], ['everything', () => injector.heal()]])(
    'ends with a heal of %s', async (_what, heal) => {
      const { id } = await injector.break({ verb: 'isolate', target: 'az1', silent: true });
      expect(await heal(id)).toMatchObject({ remains: [] });
      expect(stateOf('az1-link')).toBe('running');
      expect(marks()).toEqual([]);
      expect(injector.faults()).toEqual([]);
    });

  it('heals itself when nobody renews it', async () => {
    await injector.break({ verb: 'isolate', target: 'az1', silent: true, leaseMs: 5000 });
    await vi.advanceTimersByTimeAsync(5200);
    expect(stateOf('az1-link')).toBe('running');
    expect(marks()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('that cannot take the link off is undone', async () => {
    vi.spyOn(driver, 'detach').mockRejectedValue(new Error('Docker did not answer'));
    await expect(injector.break({ verb: 'isolate', target: 'az1', silent: true })).rejects.toThrow('Docker did not answer');
    expect(marks()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('conflicts with an isolation, and an isolation with it', async () => {
    await injector.break({ verb: 'isolate', target: 'az1', silent: true });
    await expect(injector.break({ verb: 'isolate', target: 'az1' })).rejects.toMatchObject({ code: 'AZ_CONFLICT' });
  });

  it('of an AZ whose link is dead is a conflict: nothing would leave', async () => {
    await driver.kill('az1-link');
    await expect(injector.break({ verb: 'isolate', target: 'az1', silent: true })).rejects.toMatchObject({ code: 'AZ_CONFLICT' });
  });
});

describe('a silent kill', () => {
  it('is healed by inspection, networks and all', async () => {
    await injector.break({ verb: 'kill', target: 'az1', silent: true });
    expect(['az1-link', 'az1-load-balancer', 'az1-kitchen-a'].map(stateOf)).toEqual(['dead', 'dead', 'dead']);
    expect(await injector.heal('az1')).toMatchObject({ healed: ['az1-link', 'az1-load-balancer', 'az1-kitchen-a'], remains: [] });
    expect(injector.faults()).toEqual([]);
  });

  it('that fails half-way is undone', async () => {
    driver.refuseKill = 'az1-kitchen-a';
    await expect(injector.break({ verb: 'kill', target: 'az1', silent: true })).rejects.toThrow('not permitted');
    expect(driver.components().every(({ state }) => state === 'running')).toBe(true);
  });

  it.each(['az1-kitchen-a', 'az1-link'])('takes a whole AZ, not %s', async (target) => {
    await expect(injector.break({ verb: 'kill', target, silent: true })).rejects.toMatchObject({ code: 'AZ_BAD_REQUEST' });
  });

  it('is refused where nothing has a network of its own, with the reason', async () => {
    driver.detachRefusal = 'its programs are processes';
    for (const verb of ['kill', 'isolate'] as const) {
      await expect(injector.break({ verb, target: 'az1', silent: true })).rejects.toMatchObject({ code: 'AZ_UNSUPPORTED', message: expect.stringContaining('its programs are processes') as string });
    }
    expect(driver.acts).toEqual([]);
  });
});

describe('what others detached', () => {
  it('is given back by a heal', async () => {
    await driver.detach('az2-link');
    expect(await injector.heal()).toMatchObject({ healed: ['az2-link'], remains: [] });
  });

  it('remains, with the reason, when the body cannot be seen', async () => {
    driver.unseen = 'Docker cannot be reached (ENOENT): list the containers';
    expect((await injector.heal()).remains).toContainEqual({ name: 'Docker', reason: driver.unseen });
  });
});
