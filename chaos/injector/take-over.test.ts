import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultRequest } from '#contracts/faults.ts';
import { FakeDriver, foundNowhere, obedientServices, smallRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';
import { Switches } from './switches.ts';

const region = smallRegion();
const SUITE: FaultRequest = { verb: 'freeze', target: 'az1', holder: 'suite', by: 'az-freeze az1' };
const BY_HAND: FaultRequest = { verb: 'kill', target: 'az1-kitchen-a' };
let driver: FakeDriver;
let injector: Injector;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  driver = new FakeDriver(region);
  const switches = new Switches(region.endpoints, async () => ({ status: 204, text: '' }));
  injector = new Injector({ region, driver, journal: new MemoryJournal(), found: foundNowhere, switches, services: obedientServices(region) });
});

afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

const broken = (): string[] => driver.components().filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} ${state}`);

describe('an operator who breaks something in an AZ that an experiment holds', () => {
  it('has what the experiment broke healed, and then breaks it', async () => {
    await injector.break(SUITE);
    driver.acts.length = 0;
    const fault = await injector.break(BY_HAND);
    expect(fault).toMatchObject({ id: 'f2', holder: 'operator', by: null });
    expect(driver.acts.at(-1)).toBe('kill az1-kitchen-a');
    expect(driver.acts.filter((act) => act.startsWith('thaw'))).toHaveLength(4);
    expect(broken()).toEqual(['az1-kitchen-a dead']);
    expect(injector.faults().map(({ id }) => id)).toEqual(['f2']);
  });

  it('is named to the experiment when it renews', async () => {
    const { id } = await injector.break(SUITE);
    await injector.break(BY_HAND);
    await expect(injector.renew(id, 10_000)).rejects.toMatchObject({
      code: 'AZ_CONFLICT', message: expect.stringContaining('the operator took over from fault f1, with "kill az1-kitchen-a", fault f2') as string,
    });
  });

  it('is refused, and nothing is broken, while something of it cannot be healed', async () => {
    await injector.break({ ...SUITE, verb: 'kill' });
    driver.refuseStart = 'az1-kitchen-b';
    await expect(injector.break({ ...BY_HAND, target: 'az1-storefront-a' })).rejects.toMatchObject({
      code: 'AZ_CONFLICT', message: expect.stringContaining('az1-kitchen-b: az1-kitchen-b is out of gas') as string,
    });
    expect(broken()).toEqual(['az1-kitchen-b dead']);
    expect(injector.faults()).toMatchObject([{ id: 'f1', state: 'healing', members: ['az1-kitchen-b'] }]);
  });

  it('leaves an experiment elsewhere alone', async () => {
    const { id } = await injector.break(SUITE);
    await injector.break({ ...BY_HAND, target: 'az2-kitchen-a' });
    expect(await injector.renew(id, 10_000)).toMatchObject({ id, state: 'active' });
  });
});

describe('an experiment in an AZ that somebody else holds', () => {
  it.each<[who: string, first: FaultRequest, holds: string]>([
    ['an operator', { ...BY_HAND, leaseMs: 90_000 }, '"kill az1-kitchen-a" of the operator holds az1 for 90 s more, unless it is renewed'],
    ['a guardrail', { ...BY_HAND, holder: 'guardrail', leaseMs: 5000 }, '"kill az1-kitchen-a" of the guardrail holds az1 for 5 s more, unless it is renewed'],
    ['another experiment', { ...BY_HAND, holder: 'suite', by: 'az-cut az3', leaseMs: 10_000 }, '"kill az1-kitchen-a" of suite "az-cut az3" holds az1 for 10 s more, unless it is renewed'],
  ])('is refused, with who holds it and how long: %s', async (_who, first, holds) => {
    await injector.break(first);
    await expect(injector.break({ ...SUITE, target: 'az1-kitchen-b' })).rejects.toMatchObject({ code: 'AZ_CONFLICT', message: expect.stringContaining(holds) as string });
    expect(broken()).toEqual(['az1-kitchen-a dead']);
  });

  it('may make several faults of its own there', async () => {
    await injector.break({ ...SUITE, target: 'az1-kitchen-a' });
    await injector.break({ ...SUITE, target: 'az1-kitchen-b' });
    expect(injector.faults()).toHaveLength(2);
  });
});
