import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Link, NetworkAddress } from '#contracts/region.ts';
import { threeLinks } from './fake-link.fixture.ts';
import { RoundTrips } from './round-trip.ts';

const LINKS = threeLinks();
/** How long each port answers after; null for never (a rejection after two seconds). */
let answers: Map<number, number | null>;
let asked: { port: number; atMs: number }[];
let trips: RoundTrips;

const prober = {
  probe: ({ port }: NetworkAddress): Promise<number> => {
    asked.push({ port, atMs: performance.now() });
    const ms = answers.get(port) ?? null;
    return new Promise((resolve, reject) => {
      if (ms === null) setTimeout(() => reject(new Error('silence')), 2000);
      else setTimeout(() => resolve(ms), ms);
    });
  },
  close: () => undefined,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] });
  asked = [];
  answers = new Map(LINKS.flatMap(({ proxies }) => proxies.flatMap(({ listen, upstream }): [number, number][] => [[listen.port, 3], [upstream.port, 2]])));
  trips = new RoundTrips(LINKS, prober);
});

afterEach(() => {
  trips.close();
  vi.useRealTimers();
});

function listen(az: string, name: string): number {
  return way(az, name).listen.port;
}

function way(az: string, name: string): Link['proxies'][number] {
  const found = LINKS.find((link) => link.az === az)?.proxies.find((proxy) => proxy.name === name);
  if (found === undefined) throw new Error(`no way ${az} ${name}`);
  return found;
}

const ms = (from: string, to: string): number | null | undefined => trips.medians().find((one) => one.from === from && one.to === to)?.medianMs;

describe('a round trip between two AZs', () => {
  it('is what the way over the link takes more than the straight one, for every ordered pair', async () => {
    expect(trips.medians().every(({ medianMs }) => medianMs === null)).toBe(true);
    await vi.advanceTimersByTimeAsync(4000);
    expect(trips.medians().map(({ from, to, medianMs }) => [from, to, medianMs])).toEqual([
      ['az1', 'az2', 1], ['az1', 'az3', 1], ['az2', 'az1', 1], ['az2', 'az3', 1], ['az3', 'az1', 1], ['az3', 'az2', 1],
    ]);
  });

  it('is not shortened by what it costs to wake both ends', async () => {
    const { probe } = prober;
    prober.probe = async (address) => {
      const isCold = asked.length % 3 === 0;
      return (await probe(address)) + (isCold ? 5 : 0);
    };
    await vi.advanceTimersByTimeAsync(12_000);
    prober.probe = probe;
    expect(trips.medians().map(({ medianMs }) => medianMs)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('costs at most five requests per second in all', async () => {
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked.length / 20).toBeLessThanOrEqual(5);
  });

  it('outlives a pause: the median of five samples forgives two', async () => {
    await vi.advanceTimersByTimeAsync(12_000);
    answers.set(listen('az1', 'az2-kitchen-a'), 90);
    await vi.advanceTimersByTimeAsync(2 * 3600);
    expect(ms('az1', 'az2')).toBe(1);
    await vi.advanceTimersByTimeAsync(3600);
    expect(ms('az1', 'az2')).toBe(88);
  });

  it('is silent as soon as nothing comes back, and measured anew when it does; other pairs go on', async () => {
    await vi.advanceTimersByTimeAsync(4000);
    answers.set(listen('az1', 'az2-kitchen-a'), null);
    answers.set(listen('az1', 'az3-kitchen-a'), 40);
    await vi.advanceTimersByTimeAsync(5 * 3600);
    expect(ms('az1', 'az2')).toBeNull();
    expect(ms('az1', 'az3')).toBe(38);
    answers.set(listen('az1', 'az2-kitchen-a'), 12);
    await vi.advanceTimersByTimeAsync(2 * 3600 + 2000);
    expect(ms('az1', 'az2')).toBe(10);
  });

  it('is never less than nothing, however slow the straight request was', async () => {
    answers.set(way('az1', 'az2-kitchen-a').upstream.port, 50);
    await vi.advanceTimersByTimeAsync(4000);
    expect(ms('az1', 'az2')).toBe(0);
  });
});

describe('an endpoint that does not answer straight', () => {
  it('tells nothing of the way: another is asked', async () => {
    trips.close();
    const [az1] = LINKS as [Link];
    const dead = way('az1', 'az2-kitchen-a');
    const other = { ...dead, name: 'az2-kitchen-b', listen: { host: '127.0.0.1', port: 501 }, upstream: { host: '127.0.0.1', port: 502 } };
    answers.set(dead.upstream.port, null).set(501, 9).set(502, 2);
    trips = new RoundTrips([{ ...az1, proxies: [dead, other] }], prober);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(trips.medians()).toEqual([{ from: 'az1', to: 'az2', medianMs: 7 }]);
    expect(asked.filter(({ port }) => port === dead.upstream.port)).toHaveLength(1);
  });

  it('and is the last of its AZ makes the way silent', async () => {
    await vi.advanceTimersByTimeAsync(4000);
    answers.set(way('az1', 'az2-kitchen-a').upstream.port, null);
    await vi.advanceTimersByTimeAsync(2 * 3600 + 2000);
    expect(ms('az1', 'az2')).toBeNull();
  });
});

it('a region without links has no round trips', async () => {
  const none = new RoundTrips([], prober);
  expect(none.medians()).toEqual([]);
  none.close();
});
