import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultDetail, LinkVerb } from '#contracts/faults.ts';
import { FakeLink, threeLinks } from './fake-link.fixture.ts';
import { Links } from './links.ts';
import type { LinkFault } from './touched-ways.ts';

const LINKS = threeLinks();
let fakes: Map<string, FakeLink>;
let links: Links;
let dead: Set<string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  dead = new Set();
  fakes = new Map(LINKS.map((link) => [link.name, new FakeLink(link)]));
  links = new Links(LINKS, () => dead, ({ name }) => link(name));
});

afterEach(() => {
  links.close();
  vi.useRealTimers();
});

function link(name: string): FakeLink {
  const found = fakes.get(name);
  if (found === undefined) throw new Error(`no link ${name}`);
  return found;
}

function fault(id: string, verb: LinkVerb, detail: FaultDetail = {}): LinkFault {
  return { id, verb, zone: 'az1', detail };
}

const SLOW = fault('f1', 'slow', { latencyMs: 400 });
const told = (): string[] => [...fakes].flatMap(([name, { told: calls }]) => calls.map((call) => `${name}: ${call}`));
const passRound = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2100);

describe('a fault', () => {
  it('is there on every link that it touches when begin returns', async () => {
    expect(await links.begin(SLOW)).toEqual({ startedMs: Date.now(), skewMs: 0 });
    expect(told()).toEqual([
      'az1-link: add az1-load-balancer f1-latency-upstream',
      'az1-link: add az2-kitchen-a f1-latency-upstream',
      'az1-link: add az3-kitchen-a f1-latency-upstream',
      'az2-link: add az1-kitchen-a f1-latency-upstream',
      'az3-link: add az1-kitchen-a f1-latency-upstream',
    ]);
  });

  it('is told once: what is right is not touched again', async () => {
    await links.begin(SLOW);
    const before = told();
    await passRound();
    await links.settle(links.names());
    expect(told()).toEqual(before);
  });

  it('tells how far apart its first and last way were struck', async () => {
    link('az2-link').held = new Promise((resolve) => setTimeout(resolve, 30));
    const begun = links.begin(SLOW);
    await vi.advanceTimersByTimeAsync(40);
    expect(await begun).toMatchObject({ skewMs: 30 });
  });

  it('tells nothing by ways to the dead, which come last: a Toxiproxy closes one when its own connection there has failed', async () => {
    dead.add('az2-kitchen-a');
    for (const one of fakes.values()) one.slow = /(add|disable) az2-kitchen-a/;
    const begun = links.begin(SLOW);
    await vi.advanceTimersByTimeAsync(2900);
    expect(await begun).toMatchObject({ skewMs: 0 });
    expect(link('az1-link').told).toEqual(['add az1-load-balancer f1-latency-upstream', 'add az3-kitchen-a f1-latency-upstream', 'add az2-kitchen-a f1-latency-upstream']);
  });

  it('of which every way leads to the dead tells when those were struck', async () => {
    for (const { name } of LINKS.flatMap(({ proxies }) => proxies)) dead.add(name);
    expect(await links.begin(SLOW)).toEqual({ startedMs: Date.now(), skewMs: 0 });
  });

  it('that ends leaves another on the same ways', async () => {
    await links.begin(SLOW);
    await links.begin(fault('f2', 'cut', { peer: 'az2' }));
    links.end('f1');
    expect(await links.settle(links.names())).toEqual({ changed: ['az1-link', 'az2-link', 'az3-link'], unreached: [] });
    expect(link('az1-link').toxics('az2-kitchen-a')).toEqual(['base-latency', 'f2-timeout-upstream', 'f2-timeout-downstream']);
    expect(link('az1-link').toxics('az3-kitchen-a')).toEqual(['base-latency']);
  });

  it('that no link can be told of is not made', async () => {
    for (const one of fakes.values()) one.silent = true;
    expect(await links.begin(SLOW)).toBeNull();
  });

  it('asked for while a link is being listed is served by that round, without a second list', async () => {
    let answer = (): void => undefined;
    link('az1-link').held = new Promise((resolve) => (answer = resolve));
    const listed = vi.spyOn(link('az1-link'), 'list');
    const settled = links.settle(['az1-link']);
    const begun = links.begin(SLOW);
    answer();
    await Promise.all([settled, begun]);
    expect(listed).toHaveBeenCalledTimes(1);
    expect(link('az1-link').toxics('az1-load-balancer')).toEqual(['f1-latency-upstream']);
  });

  it('asked for while a link is being changed waits for its turn', async () => {
    const one = link('az1-link');
    const call = one.call.bind(one);
    let atOnce = 0;
    let atOnceMax = 0;
    vi.spyOn(one, 'call').mockImplementation(async (what) => {
      atOnceMax = Math.max(atOnceMax, (atOnce += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      await call(what);
      atOnce -= 1;
    });
    const all = Promise.all([links.begin(SLOW), links.begin(fault('f2', 'isolate'))]);
    await vi.advanceTimersByTimeAsync(7);
    const late = links.begin(fault('f3', 'flaky'));
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all([all, late]);
    expect(atOnceMax).toBe(1);
    expect(one.toxics('az1-load-balancer')).toEqual(['f1-latency-upstream', 'f2-timeout-upstream', 'f2-timeout-downstream', 'f3-reset_peer-upstream']);
  });
});

describe('a link', () => {
  it('that is silent is named, holds up no other, and is caught up with when it is back', async () => {
    link('az2-link').silent = true;
    expect(await links.begin(SLOW)).not.toBeNull();
    expect(links.unreached(links.names())).toEqual([{ name: 'az2-link', reason: 'az2-link did not answer' }]);
    link('az2-link').silent = false;
    await passRound();
    expect(links.unreached(links.names())).toEqual([]);
    expect(link('az2-link').toxics('az1-kitchen-a')).toEqual(['base-latency', 'f1-latency-upstream']);
  });

  it('that was restarted gets its faults back within a round', async () => {
    await links.begin(SLOW);
    link('az1-link').restart();
    await passRound();
    expect(link('az1-link').toxics('az1-load-balancer')).toEqual(['f1-latency-upstream']);
  });

  it('that lost its ways and its base latency gets them back', async () => {
    link('az1-link').ways.clear();
    await passRound();
    const [first] = LINKS;
    if (first === undefined) throw new Error('no link');
    expect(link('az1-link').ways).toEqual(new FakeLink(first).ways);
  });

  it('on which nobody’s toxics lie is rid of them within a round', async () => {
    link('az3-link').ways.get('az1-kitchen-a')?.toxics.push({ name: 'f9-timeout-upstream', type: 'timeout', stream: 'upstream', toxicity: 1, attributes: { timeout: 0 } });
    await passRound();
    expect(link('az3-link').toxics('az1-kitchen-a')).toEqual(['base-latency']);
  });

  it('that refuses one call is named, and its other ways are still served', async () => {
    link('az1-link').refuses = /az2-kitchen-a/;
    await links.begin(fault('f1', 'isolate'));
    expect(links.unreached(['az1-link'])).toEqual([{ name: 'az1-link', reason: 'az1-link refused add az2-kitchen-a f1-timeout-upstream' }]);
    expect(link('az1-link').toxics('az3-kitchen-a')).toEqual(['base-latency', 'f1-timeout-upstream', 'f1-timeout-downstream']);
  });

  it('on which a cut fails halfway is left shut, not open', async () => {
    link('az1-link').refuses = /add az2-kitchen-a .*downstream/;
    await links.begin(fault('f1', 'cut', { peer: 'az2' }));
    expect(link('az1-link').ways.get('az2-kitchen-a')?.enabled).toBe(false);
    link('az1-link').refuses = null;
    await passRound();
    expect(link('az1-link').ways.get('az2-kitchen-a')).toMatchObject({ enabled: true, toxics: [{}, {}, { name: 'f1-timeout-downstream' }] });
  });
});

it('a region without links has nothing to keep', async () => {
  const none = new Links([], () => dead, () => link('az1-link'));
  expect(none.names()).toEqual([]);
  expect(none.ways(SLOW)).toEqual([]);
  expect(await none.settle(none.names())).toEqual({ changed: [], unreached: [] });
  none.close();
});

it('after it is closed nothing is reconciled any more', async () => {
  links.close();
  link('az1-link').ways.clear();
  await passRound();
  expect(link('az1-link').ways.size).toBe(0);
});
