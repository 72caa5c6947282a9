import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultDetail, LinkVerb } from '#contracts/faults.ts';
import type { Link } from '#contracts/region.ts';
import { desiredWays, type DesiredWay } from './desired-ways.ts';
import { obey, threeLinks } from './fake-link.fixture.ts';
import { plan } from './plan.ts';
import type { LinkFault } from './touched-ways.ts';
import type { LinkCall, WayState } from './way-state.ts';

const [AZ1] = threeLinks() as [Link];
const KITCHEN = 'az2-kitchen-a';
const SLOW = fault('f1', 'slow', { latencyMs: 400, jitterMs: 0 });
const CUT = fault('f2', 'cut', { peer: 'az2' });
const REFUSE = fault('f3', 'cut', { peer: 'az2', refuse: true });

function fault(id: string, verb: LinkVerb, detail: FaultDetail): LinkFault {
  return { id, verb, zone: 'az1', detail };
}

/** The link as these faults want it. */
function settled(...faults: LinkFault[]): Map<string, WayState> {
  return new Map(desiredWays(AZ1, faults).map(({ proxy, listen, upstream, enabled, toxics }) => [proxy, structuredClone({ listen, upstream, enabled, toxics })]));
}

function wayOf(ways: Map<string, WayState>, name = KITCHEN): WayState {
  const way = ways.get(name);
  if (way === undefined) throw new Error(`no way ${name}`);
  return way;
}

/** The calls on one way, in words. */
function calls(actual: Map<string, WayState>, faults: LinkFault[], proxy = KITCHEN): string[] {
  return plan(actual, desiredWays(AZ1, faults)).filter((call) => call.proxy === proxy).map((call) => ('toxic' in call ? `${call.type} ${call.toxic.name}` : call.type));
}

describe('the calls on a way', () => {
  it.each<[what: string, from: LinkFault[], to: LinkFault[], calls: string[]]>([
    ['that is right are none', [SLOW], [SLOW], []],
    ['that becomes slow add a toxic and touch nothing else', [], [SLOW], ['add f1-latency-upstream']],
    ['that is isolated leave it open', [], [fault('f4', 'isolate', {})], ['add f4-timeout-upstream', 'add f4-timeout-downstream']],
    ['that is cut close it, and open it silent', [], [CUT], ['disable', 'add f2-timeout-upstream', 'add f2-timeout-downstream', 'enable']],
    ['that is cut and becomes slow do not close it again', [CUT], [CUT, SLOW], ['add f1-latency-upstream']],
    ['that is cut refusing shut it', [], [REFUSE], ['disable']],
    ['that is healed of a refusing cut open it', [REFUSE], [], ['enable']],
    ['that is healed of one of two faults leave the other', [SLOW, CUT], [CUT], ['remove f1-latency-upstream']],
    ['that refuses and becomes slow stay shut', [REFUSE], [REFUSE, SLOW], ['add f1-latency-upstream']],
    ['that goes from refusing to silent open it when it is silent', [REFUSE], [CUT], ['add f2-timeout-upstream', 'add f2-timeout-downstream', 'enable']],
    ['whose fault has other values update it in place', [SLOW], [fault('f1', 'slow', { latencyMs: 500 })], ['update f1-latency-upstream']],
    ['whose toxic is of another kind replace it', [fault('f1', 'isolate', {})], [SLOW], ['remove f1-timeout-upstream', 'remove f1-timeout-downstream', 'add f1-latency-upstream']],
  ])('%s', (_what, from, to, expected) => {
    expect(calls(settled(...from), to)).toEqual(expected);
  });

  it('that bears what nobody answers for take it away, whatever it is called', () => {
    const actual = settled();
    wayOf(actual).toxics.push({ name: 'by hand', type: 'slicer', stream: 'downstream', toxicity: 1, attributes: {} });
    wayOf(actual).enabled = false;
    expect(calls(actual, [])).toEqual(['remove by hand', 'enable']);
  });

  it('that lost its base latency give it back', () => {
    const actual = settled();
    wayOf(actual).toxics = [];
    expect(calls(actual, [])).toEqual(['add base-latency']);
  });

  it('that is not there or leads elsewhere make it anew, shut until its toxics are there', () => {
    const actual = settled();
    wayOf(actual).upstream = '127.0.0.1:1';
    actual.delete('az3-kitchen-a');
    actual.delete('az1-load-balancer');
    expect(calls(actual, [SLOW])).toEqual(['populate', 'add base-latency', 'add f1-latency-upstream', 'enable']);
    expect(calls(actual, [SLOW], 'az3-kitchen-a')).toEqual(['populate', 'add base-latency', 'add f1-latency-upstream', 'enable']);
    expect(calls(actual, [], 'az1-load-balancer')).toEqual(['populate']);
  });

  it('with a toxicity in 32 bits and attributes that were not asked for are none', () => {
    const flaky = fault('f1', 'flaky', { share: 0.3 });
    const actual = settled(flaky);
    for (const toxic of wayOf(actual).toxics) {
      toxic.toxicity = Math.fround(toxic.toxicity);
      toxic.attributes = { ...toxic.attributes, unasked: 0 };
    }
    expect(calls(actual, [flaky])).toEqual([]);
  });

  it.each([
    ['127.0.0.1:1004', '127.0.0.1', true],
    ['[::]:1004', '0.0.0.0', true],
    ['10.1.2.3:1004', 'az1-link', true],
    ['127.0.0.1:1005', '127.0.0.1', false],
    ['127.0.0.2:1004', '127.0.0.1', false],
  ])('that listens at %s where %s was asked for are none: %s', (listen, host, isSame) => {
    const link: Link = { ...AZ1, proxies: AZ1.proxies.filter(({ name }) => name === KITCHEN).map((proxy) => ({ ...proxy, listen: { host, port: 1004 } })) };
    const actual = settled();
    wayOf(actual).listen = listen;
    expect(plan(actual, desiredWays(link, [])).length === 0).toBe(isSame);
  });

  it('that the description does not know are none', () => {
    const actual = settled();
    actual.set('somebody-elses', { listen: '127.0.0.1:5', upstream: '127.0.0.1:6', enabled: false, toxics: [] });
    expect(plan(actual, desiredWays(AZ1, []))).toEqual([]);
  });
});

describe('from any state a plan', () => {
  const toxic = fc.record({
    name: fc.constantFrom('base-latency', 'f1-latency-upstream', 'f2-timeout-upstream', 'f2-timeout-downstream', 'f3-reset_peer-upstream', 'junk'),
    type: fc.constantFrom('latency', 'timeout', 'slicer'),
    stream: fc.constantFrom('upstream' as const, 'downstream' as const),
    toxicity: fc.constantFrom(1, 0.3),
    attributes: fc.constantFrom<Record<string, number>>({ latency: 1, jitter: 0 }, { timeout: 0 }, { latency: 9, jitter: 9 }),
  });
  const anyWay = fc.record({
    listen: fc.constantFrom('as it should', '127.0.0.1:9'),
    upstream: fc.constantFrom('as it should', '127.0.0.1:8'),
    enabled: fc.boolean(),
    toxics: fc.uniqueArray(toxic, { selector: ({ name }) => name, maxLength: 5 }),
  });
  const anyLink = fc.array(fc.option(anyWay), { minLength: AZ1.proxies.length, maxLength: AZ1.proxies.length });
  const anyFaults = fc.subarray([SLOW, CUT, REFUSE, fault('f4', 'isolate', {}), fault('f5', 'flaky', { share: 0.3 }), { ...SLOW, id: 'f6', zone: 'az3' }]);

  /** Where an address should be as it should, it is. */
  function build(ways: ({ listen: string; upstream: string } & Omit<WayState, 'listen' | 'upstream'> | null)[]): Map<string, WayState> {
    return new Map(desiredWays(AZ1, []).flatMap((desired, index): [string, WayState][] => {
      const way = ways[index];
      if (way === null || way === undefined) return [];
      const kept = (text: string, wanted: string): string => (text === 'as it should' ? wanted : text);
      return [[desired.proxy, { ...structuredClone(way), listen: kept(way.listen, desired.listen), upstream: kept(way.upstream, desired.upstream) }]];
    }));
  }

  it('reaches what is desired, and then there is nothing left to do', () => {
    fc.assert(fc.property(anyLink, anyFaults, (ways, faults) => {
      const actual = build(ways);
      const desired = desiredWays(AZ1, faults);
      for (const call of plan(actual, desired)) obey(actual, call);
      for (const way of desired) expect(sorted(wayOf(actual, way.proxy))).toEqual(sorted(way));
      expect(plan(actual, desired)).toEqual([]);
    }));
  });

  it('that was broken off anywhere is taken up by the next', () => {
    fc.assert(fc.property(anyLink, anyFaults, fc.nat(30), (ways, faults, after) => {
      const actual = build(ways);
      const desired = desiredWays(AZ1, faults);
      for (const call of plan(actual, desired).slice(0, after)) obey(actual, call);
      for (const call of plan(actual, desired)) obey(actual, call);
      expect(plan(actual, desired)).toEqual([]);
    }));
  });

  it('never opens a way before it has all its toxics, nor touches one that is right', () => {
    fc.assert(fc.property(anyLink, anyFaults, (ways, faults) => {
      const actual = build(ways);
      const right = new Set(settledWays(actual, desiredWays(AZ1, faults)));
      for (const call of plan(actual, desiredWays(AZ1, faults))) {
        expect(right.has(call.proxy)).toBe(false);
        obey(actual, call);
        if (opens(call)) expect(sorted(wayOf(actual, call.proxy)).toxics).toEqual(sorted(desiredOf(call.proxy, faults)).toxics);
      }
    }));
  });

  function desiredOf(proxy: string, faults: LinkFault[]): DesiredWay {
    const found = desiredWays(AZ1, faults).find((way) => way.proxy === proxy);
    if (found === undefined) throw new Error(proxy);
    return found;
  }

  function settledWays(actual: Map<string, WayState>, desired: DesiredWay[]): string[] {
    return desired.filter((way) => JSON.stringify(sorted(actual.get(way.proxy) ?? null)) === JSON.stringify(sorted(way))).map(({ proxy }) => proxy);
  }

  function opens(call: LinkCall): boolean {
    return call.type === 'enable' || (call.type === 'populate' && call.enabled);
  }
});

/** What of a way can be compared: the order of its toxics does not matter, attributes nobody asked for neither. */
function sorted(way: WayState | DesiredWay | null): { listen: string; upstream: string; enabled: boolean; toxics: string[] } {
  if (way === null) return { listen: '', upstream: '', enabled: false, toxics: [] };
  const { listen, upstream, enabled, toxics } = way;
  return { listen, upstream, enabled, toxics: toxics.map(({ name, type, stream, toxicity, attributes }) => JSON.stringify([name, type, stream, toxicity, ...askedOf(type, attributes)])).sort() };
}

function askedOf(type: string, attributes: Record<string, number>): (number | undefined)[] {
  return type === 'latency' ? [attributes['latency'], attributes['jitter']] : [attributes['timeout']];
}
