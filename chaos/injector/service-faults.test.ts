import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { FakeDriver, foundNowhere, smallRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';
import { ServiceFaults } from './service-faults/service-faults.ts';
import { Switches } from './switches.ts';

const region = smallRegion();
let driver: FakeDriver;
let injector: Injector;
/** What each program does wrong; it forgets that when it dies. */
let plans: Map<string, ServiceFaultPlan>;
/** Run, and do not hear what they are told. */
let deaf: Set<string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  [plans, deaf] = [new Map(), new Set()];
  driver = new FakeDriver(region);
  const services = new ServiceFaults(region.endpoints, async (at, { method, body }) => {
    const name = region.endpoints.find(({ admin }) => admin?.port === at.port)?.name ?? '?';
    const state = driver.components().find((one) => one.name === name)?.state;
    if (state === 'dead') plans.delete(name);
    if (state !== 'running') throw new Error(`${name} is ${state}`);
    if (deaf.has(name)) throw new Error(`${name} hears nothing`);
    const replaced = plans.get(name) ?? {};
    if (method === 'GET') return { status: 200, text: JSON.stringify(replaced) };
    plans.set(name, body as ServiceFaultPlan);
    return { status: 200, text: JSON.stringify({ replaced }) };
  });
  injector = new Injector({ region, driver, journal: new MemoryJournal(), found: foundNowhere, services, switches: new Switches(region.endpoints, async () => ({ status: 204, text: '' })) });
});
afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

const passRound = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2100);
/** `az1-kitchen-a fail lag`, for each that does anything wrong. */
const wrong = (): string[] =>
  [...plans].filter(([, plan]) => Object.keys(plan).length > 0).map(([name, plan]) => [name, ...Object.keys(plan).sort()].join(' ')).sort();

describe('a fault in services', () => {
  it('is made in the service that customers reach first, and says so', async () => {
    const fault = await injector.break({ verb: 'fail', target: 'az1', rate: 0.5 });
    expect(fault).toMatchObject({ verb: 'fail', detail: { rate: 0.5, status: 503 }, members: ['az1-storefront-a'], state: 'active', skewMs: 0 });
    expect(plans.get('az1-storefront-a')).toEqual({ fail: { rate: 0.5, status: 503, afterWork: false, untilMs: fault.leaseEndsMs } });
    expect(driver.components().every(({ state }) => state === 'running')).toBe(true);
  });

  it('holds its members against its own verb alone: it can be joined by others, and what it is in can be killed', async () => {
    await injector.break({ verb: 'fail', target: 'az1-kitchen-a', rate: 1 });
    await injector.break({ verb: 'lag', target: 'az1', service: 'kitchen', latencyMs: 200 });
    await injector.break({ verb: 'lie', target: 'az1', health: 'well' });
    expect(wrong()).toEqual(['az1-kitchen-a fail lag lie', 'az1-kitchen-b lag lie', 'az1-load-balancer lie', 'az1-storefront-a lie']);
    await expect(injector.break({ verb: 'fail', target: 'az1', service: 'kitchen', rate: 0.1 })).rejects.toMatchObject({ code: 'AZ_CONFLICT', message: expect.stringContaining('"fail az1-kitchen-a" holds az1-kitchen-a') as string });
    await injector.break({ verb: 'kill', target: 'az1-kitchen-a' });
    expect(injector.faults()).toHaveLength(4);
  });

  it('that would strike nothing is a conflict, since what is dead does nothing wrong', async () => {
    await driver.kill('az1-kitchen-a');
    await expect(injector.break({ verb: 'fail', target: 'az1-kitchen-a', rate: 1 })).rejects.toMatchObject({ code: 'AZ_CONFLICT' });
    expect(injector.faults()).toEqual([]);
  });

  it('of which no service could be told is an error, and is held until they say that nothing of it is left', async () => {
    deaf.add('az1-kitchen-a');
    await expect(injector.break({ verb: 'fail', target: 'az1-kitchen-a', rate: 1 })).rejects.toMatchObject({
      code: 'AZ_INSTANCE_SILENT', message: expect.stringContaining('no service could be told: az1-kitchen-a: az1-kitchen-a hears nothing') as string,
    });
    expect(injector.faults()).toMatchObject([{ verb: 'fail', state: 'healing' }]);
    deaf.clear();
    await passRound();
    expect([wrong(), injector.faults()]).toEqual([[], []]);
  });

  it.each(['az1-link', 'customers', 'front-door'])('is not for %s', async (target) => {
    await expect(injector.break({ verb: 'lie', target, health: 'ill' })).rejects.toMatchObject({ code: expect.stringMatching(/AZ_(?:REFUSED_TARGET|UNSUPPORTED)/) as string });
  });
});

describe('a lease', () => {
  it('that ends takes it off', async () => {
    await injector.break({ verb: 'lag', target: 'az1', latencyMs: 200, leaseMs: 5000 });
    await vi.advanceTimersByTimeAsync(4900);
    expect(wrong()).toEqual(['az1-storefront-a lag']);
    await vi.advanceTimersByTimeAsync(200);
    expect(wrong()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });

  it('that is renewed is renewed at every service', async () => {
    const { id } = await injector.break({ verb: 'lag', target: 'az1', latencyMs: 200, leaseMs: 5000 });
    await vi.advanceTimersByTimeAsync(1000);
    const { leaseEndsMs } = await injector.renew(id, 60_000);
    expect(plans.get('az1-storefront-a')?.lag?.untilMs).toBe(leaseEndsMs);
  });
});

describe('a service that comes back', () => {
  it('started anew gets its fault again, and with the end of it is told so', async () => {
    const { id } = await injector.break({ verb: 'lag', target: 'az1', service: 'kitchen', latencyMs: 200 });
    const kill = await injector.break({ verb: 'kill', target: 'az1-kitchen-a' });
    await passRound();
    expect(wrong()).toEqual(['az1-kitchen-b lag']);
    await injector.healFault(kill.id);
    expect(wrong()).toEqual(['az1-kitchen-a lag', 'az1-kitchen-b lag']);
    expect(injector.faults()).toMatchObject([{ id, state: 'active' }]);
    await injector.healFault(id);
    expect(wrong()).toEqual([]);
  });

  it('from a freeze is pending until it was told', async () => {
    await driver.freeze('az1-kitchen-a');
    const fault = await injector.break({ verb: 'lag', target: 'az1', service: 'kitchen', latencyMs: 200 });
    expect(fault.pending).toEqual([{ name: 'az1-kitchen-a', reason: 'az1-kitchen-a is frozen' }]);
    await driver.thaw('az1-kitchen-a');
    await passRound();
    expect(wrong()).toEqual(['az1-kitchen-a lag', 'az1-kitchen-b lag']);
    expect(injector.faults()[0]).not.toHaveProperty('pending');
  });
});

describe('heal', () => {
  it('of everything goes by inspection: what nobody here told is taken off, and twice is harmless', async () => {
    plans.set('az2-kitchen-a', { lie: { health: 'ill', untilMs: Date.now() + 60_000 } });
    await injector.break({ verb: 'fail', target: 'az1', rate: 0.5 });
    expect(await injector.heal()).toMatchObject({ healed: ['az1-storefront-a', 'az2-kitchen-a'], remains: [] });
    expect(wrong()).toEqual([]);
    expect(await injector.heal()).toMatchObject({ healed: [], remains: [] });
  });

  it('of one replica frees that one, and the rest of its fault is held', async () => {
    await injector.break({ verb: 'lie', target: 'az1', health: 'ill' });
    await injector.heal('az1-kitchen-a');
    expect(wrong()).toEqual(['az1-kitchen-b lie', 'az1-load-balancer lie', 'az1-storefront-a lie']);
    expect(injector.faults()[0]?.members).toEqual(['az1-load-balancer', 'az1-storefront-a', 'az1-kitchen-b']);
    await passRound();
    expect(wrong()).not.toContain('az1-kitchen-a lie');
  });

  it('of one of two faults on a service leaves the other', async () => {
    const fail = await injector.break({ verb: 'fail', target: 'az1', rate: 0.5 });
    await injector.break({ verb: 'lag', target: 'az1', latencyMs: 200 });
    expect(await injector.healFault(fail.id)).toMatchObject({ healed: ['az1-storefront-a'], remains: [] });
    expect(wrong()).toEqual(['az1-storefront-a lag']);
    expect(injector.faults().map(({ verb }) => verb)).toEqual(['lag']);
  });

  it('of a service that is frozen names it, and ends once it was told', async () => {
    const { id } = await injector.break({ verb: 'lag', target: 'az1', service: 'kitchen', latencyMs: 200 });
    await driver.freeze('az1-kitchen-a');
    expect((await injector.healFault(id)).remains).toEqual([{ name: 'az1-kitchen-a', reason: 'az1-kitchen-a is frozen' }]);
    expect(injector.faults()).toMatchObject([{ id, state: 'healing', members: ['az1-kitchen-a'] }]);
    await driver.thaw('az1-kitchen-a');
    await passRound();
    expect(injector.faults()).toEqual([]);
    expect(wrong()).toEqual([]);
  });

  it('of a service that is dead is done: what it was told died with it', async () => {
    const { id } = await injector.break({ verb: 'lag', target: 'az1-kitchen-a', latencyMs: 200 });
    await driver.kill('az1-kitchen-a');
    expect(await injector.healFault(id)).toMatchObject({ remains: [] });
    expect(injector.faults()).toEqual([]);
  });

  it('of what is frozen with a fault in it ends both', async () => {
    await injector.break({ verb: 'lie', target: 'az1', health: 'ill' });
    await injector.break({ verb: 'freeze', target: 'az1' });
    expect(await injector.heal('az1')).toMatchObject({ remains: [] });
    expect(wrong()).toEqual([]);
    expect(injector.faults()).toEqual([]);
  });
});
