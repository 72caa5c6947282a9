import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import type { FaultDetail, ServiceVerb } from '#contracts/faults.ts';
import { smallRegion } from '../fake-driver.fixture.ts';
import { planFor, type ServiceFault } from './plan-for.ts';
import { ServiceFaults } from './service-faults.ts';
import { requireServices } from './struck-services.ts';

const UNTIL_MS = 60_000;
const { endpoints } = smallRegion();
const fault = (id: string, verb: ServiceVerb, detail: FaultDetail, ...members: string[]): ServiceFault => ({ id, verb, detail, members, untilMs: UNTIL_MS });
const FAIL = fault('f1', 'fail', { rate: 0.5, status: 503 }, 'az1-storefront-a');
const LAG = fault('f2', 'lag', { latencyMs: 200, jitterMs: 50 }, 'az1-storefront-a', 'az1-kitchen-a');

describe('what a service is to do wrong', () => {
  it('is all that the faults which hold it want, in whatever order they came', () => {
    const all = [FAIL, LAG, fault('f3', 'lie', { health: 'well' }, 'az1-kitchen-a')];
    for (const faults of [all, [...all].reverse()]) {
      expect(planFor('az1-storefront-a', faults)).toEqual({
        fail: { rate: 0.5, status: 503, afterWork: false, untilMs: UNTIL_MS },
        lag: { latencyMs: 200, jitterMs: 50, untilMs: UNTIL_MS },
      });
      expect(planFor('az1-kitchen-a', faults)).toEqual({ lag: { latencyMs: 200, jitterMs: 50, untilMs: UNTIL_MS }, lie: { health: 'well', untilMs: UNTIL_MS } });
      expect(planFor('az1-kitchen-b', faults)).toEqual({});
    }
  });
});

describe('whom a fault in services strikes', () => {
  const az1 = { kind: 'az' as const, zone: 'az1', members: endpoints.filter(({ az }) => az === 'az1').map(({ name }) => name) };
  const one = (name: string) => ({ kind: 'replica' as const, zone: 'az1', members: [name] });

  it.each<[what: string, names: string[], verb: ServiceVerb, target: Parameters<typeof requireServices>[2], detail: FaultDetail]>([
    ['of an AZ the service that customers reach first', ['az1-storefront-a'], 'fail', az1, {}],
    ['of an AZ the service that was named', ['az1-kitchen-a', 'az1-kitchen-b'], 'lag', az1, { service: 'kitchen' }],
    ['of an AZ its load balancer, when that was named', ['az1-load-balancer'], 'fail', az1, { service: 'load-balancer' }],
    ['with a lie everything that answers checks', ['az1-load-balancer', 'az1-storefront-a', 'az1-kitchen-a', 'az1-kitchen-b'], 'lie', az1, {}],
    ['the replica that was named, whatever it is', ['az1-kitchen-b'], 'fail', one('az1-kitchen-b'), {}],
  ])('is %s', (_what, names, verb, target, detail) => {
    expect(requireServices(endpoints, verb, target, detail)).toEqual(names);
  });

  it('is nobody where there is no such service, and the error says what there is', () => {
    expect(() => requireServices(endpoints, 'fail', az1, { service: 'till' })).toThrow('there is no till in it; service may be load-balancer, storefront, kitchen');
    expect(() => requireServices(endpoints, 'fail', one('az1-kitchen-b'), { service: 'storefront' })).toThrow('there is no storefront');
    expect(() => requireServices(endpoints, 'lie', one('az1-link'), {})).toThrow('az1-link takes no requests');
  });
});

describe('services', () => {
  /** What each was told last; absent for one that was told nothing since its start. */
  let plans: Map<string, ServiceFaultPlan>;
  let silent: Set<string>;
  /** Calls, by name. */
  let called: string[];
  let hold: Promise<void> | null;
  let services: ServiceFaults;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    [plans, silent, called, hold] = [new Map(), new Set(), [], null];
    services = new ServiceFaults(endpoints, async (at, { method, path, body }) => {
      const name = endpoints.find(({ admin }) => admin?.port === at.port)?.name ?? '?';
      called.push(name);
      expect(path).toBe('/faults');
      await hold;
      if (silent.has(name)) throw new Error('no answer');
      const replaced = plans.get(name) ?? {};
      if (method === 'GET') return { status: 200, text: JSON.stringify(replaced) };
      plans.set(name, body as ServiceFaultPlan);
      return { status: 200, text: JSON.stringify({ replaced }) };
    });
  });
  afterEach(() => {
    services.close();
    vi.useRealTimers();
  });
  const passRound = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2100);
  const failing = (): string[] => [...plans].filter(([, { fail }]) => fail != null).map(([name]) => name);
  const lagging = (): string[] => [...plans].filter(([, { lag }]) => lag != null).map(([name]) => name);

  it('are told at once, and only those that the fault holds', async () => {
    expect(await services.begin(LAG)).toEqual({ startedMs: Date.now(), skewMs: 0 });
    expect(lagging()).toEqual(['az1-storefront-a', 'az1-kitchen-a']);
    expect(called).toEqual(['az1-storefront-a', 'az1-kitchen-a']);
  });

  it('of which none can be told are no fault', async () => {
    silent.add('az1-storefront-a');
    expect(await services.begin(FAIL)).toBeNull();
    expect(services.untold(['az1-storefront-a', 'az1-kitchen-a'])).toEqual([{ name: 'az1-storefront-a', reason: 'no answer' }]);
  });

  it('that could not be told, or forgot it in a restart that nobody announced, are told within two seconds', async () => {
    silent.add('az1-kitchen-a');
    await services.begin(LAG);
    expect(lagging()).toEqual(['az1-storefront-a']);
    silent.clear();
    plans.clear();
    await passRound();
    expect(lagging()).toEqual(['az1-storefront-a', 'az1-kitchen-a']);
    expect(services.untold(LAG.members)).toEqual([]);
  });

  it('that started anew are told at once, if a fault holds them', async () => {
    await services.begin(FAIL);
    plans.clear();
    called.length = 0;
    await Promise.all([services.returned('az1-storefront-a'), services.returned('az1-kitchen-b'), services.returned('customers')]);
    expect(failing()).toEqual(['az1-storefront-a']);
    expect(called).toEqual(['az1-storefront-a']);
  });

  it('hear of a renewal, and of the end of one fault without the end of another', async () => {
    await services.begin(FAIL);
    await services.begin(LAG);
    await services.renew('f1', 90_000);
    expect(plans.get('az1-storefront-a')).toMatchObject({ fail: { untilMs: 90_000 }, lag: { untilMs: UNTIL_MS } });
    services.end('f2', ['az1-storefront-a']);
    expect(await services.settle(['az1-storefront-a'])).toEqual({ mended: ['az1-storefront-a'], untold: [] });
    expect([failing(), lagging()]).toEqual([['az1-storefront-a'], ['az1-kitchen-a']]);
  });

  it('are left in peace once no fault holds them, after they were told', async () => {
    await services.begin(FAIL);
    services.end('f1', FAIL.members);
    expect(await services.settle(['az1-storefront-a', 'az1-kitchen-a', 'az1-link', 'customers'])).toEqual({ mended: ['az1-storefront-a'], untold: [] });
    called.length = 0;
    await passRound();
    expect(called).toEqual([]);
    expect(plans.get('az1-storefront-a')).toEqual({});
  });

  it('say themselves what they do wrong, whoever told them', async () => {
    plans.set('az1-kitchen-a', { lie: { health: 'ill', untilMs: UNTIL_MS } });
    silent.add('az1-kitchen-b');
    expect(await services.inspect(['az1-link', 'az1-storefront-a', 'az1-kitchen-a', 'az1-kitchen-b'])).toEqual(
      new Map<string, unknown>([['az1-storefront-a', {}], ['az1-kitchen-a', { lie: { health: 'ill', untilMs: UNTIL_MS } }], ['az1-kitchen-b', 'no answer']]),
    );
  });

  it('never hear an older plan after a newer one, and many wishes at once are one call', async () => {
    let release = (): void => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const began = services.begin(FAIL);
    await vi.waitFor(() => expect(called).toHaveLength(1));
    const later = [services.renew('f1', 70_000), services.renew('f1', 80_000), services.renew('f1', 90_000)];
    release();
    await Promise.all([began, ...later]);
    expect(called).toHaveLength(2);
    expect(plans.get('az1-storefront-a')).toMatchObject({ fail: { untilMs: 90_000 } });
  });
});
