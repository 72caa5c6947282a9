import { describe, expect, it } from 'vitest';
import type { FaultDetail, LinkVerb } from '#contracts/faults.ts';
import { threeLinks } from './fake-link.fixture.ts';
import { linksOf, touchedWays } from './touched-ways.ts';

const LINKS = threeLinks();

describe('a fault on links acts on', () => {
  const az1 = ['az1-link/az1-load-balancer', 'az1-link/az2-kitchen-a', 'az1-link/az3-kitchen-a', 'az2-link/az1-kitchen-a', 'az3-link/az1-kitchen-a'];

  it.each<[what: string, verb: LinkVerb, detail: FaultDetail, ways: string[]]>([
    ['every way into or out of a slow AZ, the front door’s included', 'slow', { latencyMs: 400 }, az1],
    ['the same ways of an isolated AZ', 'isolate', {}, az1],
    ['the same ways of a flaky AZ', 'flaky', { share: 0.3 }, az1],
    ['the ways between two AZs that are cut apart, on both links', 'cut', { peer: 'az3' }, ['az1-link/az3-kitchen-a', 'az3-link/az1-kitchen-a']],
    ['the ways that the target opens, one-way', 'cut', { peer: 'az3', oneWay: true }, ['az1-link/az3-kitchen-a']],
    ['nothing, for an AZ without a way', 'cut', { peer: 'az1', oneWay: true }, []],
  ])('%s', (_what, verb, detail, ways) => {
    expect(touchedWays(LINKS, { verb, zone: 'az1', detail })).toEqual(ways);
  });

  it('links, each named once', () => {
    expect(linksOf(az1)).toEqual(['az1-link', 'az2-link', 'az3-link']);
    expect(linksOf([])).toEqual([]);
  });
});
