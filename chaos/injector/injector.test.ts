import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Region } from '#contracts/region.ts';
import type { Driver } from './driver.ts';
import { FakeDriver, foundNowhere, obedientServices, smallRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';
import { Switches } from './switches.ts';

const region: Region = smallRegion();
let driver: FakeDriver;
let injector: Injector;
let journal: MemoryJournal;
/** What instances were told, in order: `az1-storefront-a PUT /shifts/az1`. */
let told: string[];
let silent: Set<number>;
/** What an instance is told is answered only then. */
let answering: Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  driver = new FakeDriver(region);
  told = [];
  silent = new Set();
  answering = Promise.resolve();
  const switches = new Switches(region.endpoints, async (at, call) => {
    if (silent.has(at.port)) throw new Error('no answer');
    const name = region.endpoints.find((one) => one.admin?.port === at.port)?.name ?? '?';
    told.push(`${name} ${call.method} ${call.path}`);
    await answering;
    return { status: 204, text: '' };
  });
  journal = new MemoryJournal();
  injector = new Injector({ region, driver: driver as Driver, journal, found: foundNowhere, switches, services: obedientServices(region) });
});

afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

const AZ1 = ['az1-load-balancer', 'az1-storefront-a', 'az1-kitchen-a', 'az1-kitchen-b'];
const dead = (): string[] => driver.components().filter(({ state }) => state === 'dead').map(({ name }) => name);

describe('kill', () => {
  it('ends every member of an AZ, and reports how far apart', async () => {
    const fault = await injector.break({ verb: 'kill', target: 'az1' });
    expect(dead()).toEqual(AZ1);
    expect(fault).toMatchObject({ id: 'f1', verb: 'kill', target: 'az1', members: AZ1, state: 'active', skewMs: 3 });
  });

  it('of what another fault holds is a conflict that names it, and nothing is done', async () => {
    await injector.break({ verb: 'freeze', target: 'az1-kitchen-a' });
    await expect(injector.break({ verb: 'kill', target: 'az1' })).rejects.toMatchObject({
      code: 'AZ_CONFLICT',
      message: expect.stringContaining('"freeze az1-kitchen-a" holds az1-kitchen-a') as string,
    });
    expect(dead()).toEqual([]);
  });

  it('of what is dead already is a conflict: a fault that touches nothing would pass as survived', async () => {
    await driver.kill('az1-kitchen-a');
    await expect(injector.break({ verb: 'kill', target: 'az1-kitchen-a' })).rejects.toMatchObject({ code: 'AZ_CONFLICT' });
  });

  it('that the driver cannot do is undone', async () => {
    driver.refuseKill = 'az1-kitchen-b';
    await expect(injector.break({ verb: 'kill', target: 'az1' })).rejects.toThrow('not permitted');
    expect(dead()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('of a link that this body has not is unsupported, with the reason', async () => {
    await expect(injector.break({ verb: 'kill', target: 'az1-link' })).rejects.toMatchObject({ code: 'AZ_UNSUPPORTED' });
  });
});

describe('a lease', () => {
  it('heals what nobody renews', async () => {
    await injector.break({ verb: 'kill', target: 'az1', leaseMs: 5000 });
    await vi.advanceTimersByTimeAsync(4900);
    expect(dead()).toEqual(AZ1);
    await vi.advanceTimersByTimeAsync(200);
    expect(dead()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('that is renewed holds on', async () => {
    const { id } = await injector.break({ verb: 'kill', target: 'az1', leaseMs: 5000 });
    await vi.advanceTimersByTimeAsync(4000);
    await injector.renew(id, 5000);
    await vi.advanceTimersByTimeAsync(4000);
    expect(dead()).toEqual(AZ1);
    await vi.advanceTimersByTimeAsync(1100);
    expect(dead()).toEqual([]);
  });

  it('of a shift, renewed, is renewed at every balancer', async () => {
    const { id } = await injector.break({ verb: 'shift', target: 'az1', leaseMs: 5000 });
    told.length = 0;
    await injector.renew(id, 60_000);
    expect(told.sort()).toEqual(['az1-load-balancer PUT /shifts/az1', 'az1-storefront-a PUT /shifts/az1', 'front-door PUT /shifts/az1']);
  });

  it('whose heal leaves something is tried again', async () => {
    await injector.break({ verb: 'kill', target: 'az1', leaseMs: 5000 });
    driver.refuseStart = 'az1-kitchen-b';
    await vi.advanceTimersByTimeAsync(5100);
    expect(dead()).toEqual(['az1-kitchen-b']);
    expect(injector.faults()).toMatchObject([{ state: 'healing', members: ['az1-kitchen-b'] }]);
    driver.refuseStart = null;
    await vi.advanceTimersByTimeAsync(2100);
    expect(dead()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });
});

describe('a fault that is made while a heal is under way', () => {
  it('keeps its lease: that what it struck ran when the heal looked frees nothing of it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answering = promise;
    const healing = injector.heal();
    await vi.advanceTimersByTimeAsync(10);
    await injector.break({ verb: 'kill', target: 'az2-kitchen-a', leaseMs: 5000 });
    resolve();
    await healing;
    expect(dead()).toEqual(['az2-kitchen-a']);
    expect(injector.faults()).toMatchObject([{ verb: 'kill', target: 'az2-kitchen-a', state: 'active' }]);
    await vi.advanceTimersByTimeAsync(5100);
    expect(dead()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('and takes an AZ out of rotation is not cancelled by it', async () => {
    await driver.kill('az1-kitchen-a');
    const { promise, resolve } = Promise.withResolvers<void>();
    vi.spyOn(driver, 'start').mockReturnValueOnce(promise);
    const healing = injector.heal('az1');
    await vi.advanceTimersByTimeAsync(10);
    await injector.break({ verb: 'shift', target: 'az1', leaseMs: 5000 });
    resolve();
    await healing;
    expect(told.filter((line) => line.startsWith('front-door'))).toEqual(['front-door PUT /shifts/az1']);
    expect(injector.faults()).toMatchObject([{ verb: 'shift', target: 'az1', state: 'active' }]);
  });

  it('is healed by it when it began before the heal looked, and not while half of it is done', async () => {
    const { promise: seen, resolve: see } = Promise.withResolvers<null>();
    const { promise: killed, resolve: kill } = Promise.withResolvers<{ atMs: number }>();
    vi.spyOn(driver, 'look').mockReturnValueOnce(seen);
    const healing = injector.heal();
    await vi.advanceTimersByTimeAsync(10);
    const strike = driver.kill.bind(driver);
    vi.spyOn(driver, 'kill').mockImplementationOnce(async (name) => {
      await killed;
      return strike(name);
    });
    const breaking = injector.break({ verb: 'kill', target: 'az2-kitchen-a', leaseMs: 600_000 });
    await vi.advanceTimersByTimeAsync(10);
    see(null);
    await vi.advanceTimersByTimeAsync(10);
    kill({ atMs: 0 });
    await breaking;
    await healing;
    expect([dead(), injector.faults()]).toEqual([[], []]);
  });
});

describe('heal', () => {
  it('of every member for itself, all at once, ends the fault in the journal too', async () => {
    await injector.break({ verb: 'kill', target: 'az1' });
    await Promise.all(AZ1.map((name) => injector.heal(name)));
    expect([injector.faults(), [...journal.state.open.keys()]]).toEqual([[], []]);
  });

  it('goes by inspection: what nobody here broke is brought back too', async () => {
    await driver.kill('az2-kitchen-a');
    await driver.freeze('az1-kitchen-a');
    const answer = await injector.heal();
    expect(answer.healed).toEqual(['az1-kitchen-a', 'az2-kitchen-a']);
    expect(answer.remains).toEqual([]);
    expect(driver.components().every(({ state }) => state === 'running')).toBe(true);
  });

  it('twice is harmless', async () => {
    await injector.break({ verb: 'kill', target: 'az1' });
    await injector.heal();
    expect(await injector.heal()).toMatchObject({ healed: [], remains: [] });
  });

  it('starts who is called before who calls, a few at a time and gently', async () => {
    await injector.break({ verb: 'kill', target: 'az1' });
    driver.started.length = 0;
    await injector.heal('az1');
    expect(driver.started).toEqual(['az1-kitchen-a gently', 'az1-kitchen-b gently', 'az1-storefront-a gently', 'az1-load-balancer gently']);
    expect(driver.startingAtOnceMax).toBe(driver.restartsAtOnce);
  });

  it('is acknowledged when all starts are ordered, not only when the last one is up', async () => {
    const { id } = await injector.break({ verb: 'kill', target: 'az1' });
    const start = driver.start.bind(driver);
    vi.spyOn(driver, 'start').mockImplementation(async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await start(...args);
    });
    const healing = injector.healFault(id);
    await vi.advanceTimersByTimeAsync(100);
    const { acknowledgedMs, atMs } = await healing;
    // Four, two at a time.
    expect(atMs - acknowledgedMs).toBe(60);
  });

  it('of one replica leaves the rest of its AZ broken and held', async () => {
    await injector.break({ verb: 'kill', target: 'az1' });
    await injector.heal('az1-kitchen-a');
    expect(dead()).toEqual(AZ1.filter((name) => name !== 'az1-kitchen-a'));
    expect(injector.faults()[0]?.members).toEqual(AZ1.filter((name) => name !== 'az1-kitchen-a'));
  });

  it('names what remains, with the reason', async () => {
    await injector.break({ verb: 'kill', target: 'az1' });
    driver.refuseStart = 'az1-kitchen-b';
    expect((await injector.heal()).remains).toEqual([{ name: 'az1-kitchen-b', reason: 'az1-kitchen-b is out of gas' }]);
  });

  it('of a fault that is gone is not found', async () => {
    expect(() => injector.healFault('f7')).toThrow('f7');
  });

  it('turns switches back', async () => {
    await injector.settings({ rescue: false, ovens: 4 });
    expect(await injector.settings({})).toMatchObject({ rescue: false, ovens: 4 });
    await injector.heal();
    expect(await injector.settings({})).toMatchObject({ rescue: true, ovens: 8 });
  });
});

describe('shift', () => {
  it('tells every balancer, and nobody else', async () => {
    await injector.break({ verb: 'shift', target: 'az1' });
    expect(told.sort()).toEqual(['az1-load-balancer PUT /shifts/az1', 'az1-storefront-a PUT /shifts/az1', 'front-door PUT /shifts/az1']);
    expect(dead()).toEqual([]);
  });

  it('takes whole AZs only', async () => {
    await expect(injector.break({ verb: 'shift', target: 'az1-kitchen-a' })).rejects.toMatchObject({ code: 'AZ_BAD_REQUEST' });
  });

  it('names the balancers that it has not reached, and reaches them when they answer', async () => {
    silent.add(region.endpoints.find(({ name }) => name === 'az1-storefront-a')?.admin?.port ?? 0);
    const fault = await injector.break({ verb: 'shift', target: 'az2' });
    expect(fault.pending).toEqual([{ name: 'az1-storefront-a', reason: 'no answer' }]);
    told.length = 0;
    silent.clear();
    await vi.advanceTimersByTimeAsync(1100);
    expect(told).toEqual(['az1-storefront-a PUT /shifts/az2']);
    expect(injector.faults()[0]).not.toHaveProperty('pending');
  });

  it('is told anew to a balancer that was restarted while it lasts', async () => {
    await injector.break({ verb: 'shift', target: 'az2' });
    await injector.break({ verb: 'kill', target: 'az1' });
    told.length = 0;
    await injector.heal('az1');
    expect(told).toContain('az1-load-balancer PUT /shifts/az2');
    expect(told).toContain('az1-storefront-a PUT /shifts/az2');
    expect(injector.faults()).toMatchObject([{ verb: 'shift', target: 'az2' }]);
  });

  it('ends with a heal of its AZ', async () => {
    await injector.break({ verb: 'shift', target: 'az2' });
    told.length = 0;
    await injector.heal('az2');
    expect(told.sort()).toEqual(['az1-load-balancer DELETE /shifts/az2', 'az1-storefront-a DELETE /shifts/az2', 'front-door DELETE /shifts/az2']);
    expect(injector.faults()).toEqual([]);
  });
});
