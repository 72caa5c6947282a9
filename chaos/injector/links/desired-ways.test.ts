import { describe, expect, it } from 'vitest';
import type { Link } from '#contracts/region.ts';
import { desiredWays, type DesiredWay } from './desired-ways.ts';
import { threeLinks } from './fake-link.fixture.ts';
import type { LinkFault } from './touched-ways.ts';

const [AZ1] = threeLinks() as [Link];
const SLOW: LinkFault = { id: 'f1', verb: 'slow', zone: 'az1', detail: { latencyMs: 400, jitterMs: 50 } };
const CUT: LinkFault = { id: 'f2', verb: 'cut', zone: 'az1', detail: { peer: 'az2' } };

function way(name: string, ...faults: LinkFault[]): DesiredWay {
  const found = desiredWays(AZ1, faults).find(({ proxy }) => proxy === name);
  if (found === undefined) throw new Error(`no way ${name}`);
  return found;
}

describe('without faults a way', () => {
  it('between AZs is open with its base latency alone', () => {
    expect(way('az2-kitchen-a')).toMatchObject({
      enabled: true,
      toxics: [{ name: 'base-latency', type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 1, jitter: 0 } }],
    });
  });

  it('from outside is open and bare', () => {
    expect(way('az1-load-balancer')).toMatchObject({ enabled: true, toxics: [] });
  });
});

describe('a way under', () => {
  it('slow delays requests, not answers', () => {
    expect(way('az1-load-balancer', SLOW).toxics).toEqual([
      { name: 'f1-latency-upstream', type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 400, jitter: 50 } },
    ]);
  });

  it('isolate swallows both directions and closes nothing', () => {
    const { toxics, enabled, closesOpen } = way('az1-load-balancer', { id: 'f1', verb: 'isolate', zone: 'az1', detail: {} });
    expect(toxics.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['f1-timeout-upstream', { timeout: 0 }],
      ['f1-timeout-downstream', { timeout: 0 }],
    ]);
    expect(enabled).toBe(true);
    expect(closesOpen.size).toBe(0);
  });

  it('flaky resets a share of connections', () => {
    expect(way('az1-load-balancer', { id: 'f1', verb: 'flaky', zone: 'az1', detail: { share: 0.25 } }).toxics).toEqual([
      { name: 'f1-reset_peer-upstream', type: 'reset_peer', stream: 'upstream', toxicity: 0.25, attributes: { timeout: 0 } },
    ]);
  });

  it('cut is silent and closes what is open; other ways are left alone', () => {
    const cut = way('az2-kitchen-a', CUT);
    expect(cut.toxics.map(({ name }) => name)).toEqual(['base-latency', 'f2-timeout-upstream', 'f2-timeout-downstream']);
    expect([...cut.closesOpen]).toEqual(['f2-timeout-upstream', 'f2-timeout-downstream']);
    expect(way('az3-kitchen-a', CUT).toxics).toHaveLength(1);
  });

  it('a refusing cut is shut, and bears nothing else', () => {
    const refusing: LinkFault = { ...CUT, detail: { peer: 'az2', refuse: true } };
    expect(way('az2-kitchen-a', refusing)).toMatchObject({ enabled: false, toxics: [{ name: 'base-latency' }] });
  });
});

it('two faults that overlap give both, in whichever order they came', () => {
  const names = (...faults: LinkFault[]): string[] => way('az2-kitchen-a', ...faults).toxics.map(({ name }) => name).sort();
  expect(names(SLOW, CUT)).toEqual(['base-latency', 'f1-latency-upstream', 'f2-timeout-downstream', 'f2-timeout-upstream']);
  expect(names(CUT, SLOW)).toEqual(names(SLOW, CUT));
});

it('an IPv6 address is written as Toxiproxy reads it', () => {
  const [first] = AZ1.proxies;
  if (first === undefined) throw new Error('no way');
  const v6: Link = { ...AZ1, proxies: [{ ...first, listen: { host: '::1', port: 7 } }] };
  expect(desiredWays(v6, [])[0]?.listen).toBe('[::1]:7');
});
