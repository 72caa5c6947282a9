import { describe, expect, it } from 'vitest';
import type { TargetOpinion } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import { statusText } from './status-text.ts';

const AT_MS = Date.UTC(2026, 0, 5, 12, 3, 5);

function opinion(target: string, state: TargetOpinion['state'], reason: TargetOpinion['reason']): TargetOpinion {
  return { target, zone: target.slice(0, 3), state, reason, sinceMs: AT_MS - 12_000, inFlight: 0, ewmaMs: 80, weight: state === 'up' ? 1 : 0 };
}

const STATUS: RegionStatus = {
  region: 'azimuth', body: 'embedded', atMs: AT_MS, urls: { shop: 'http://127.0.0.1:8080/menu' },
  faults: [
    { id: 'f1', verb: 'kill', target: 'az1', detail: {}, members: ['az1-kitchen-a'], reason: 'game day', holder: 'operator', by: null, startedMs: 0, skewMs: 1, leaseEndsMs: AT_MS + 598_000, state: 'active' },
    {
      id: 'f2', verb: 'slow', target: 'az2', detail: { latencyMs: 400, jitterMs: 50 }, members: ['az1-link/az2-kitchen-a', 'az2-link/az1-kitchen-a'],
      reason: null, holder: 'suite', by: 'az-slow az2', startedMs: 0, skewMs: 1, leaseEndsMs: AT_MS + 60_000, state: 'active', pending: [{ name: 'az1-link', reason: 'frozen' }],
    },
  ],
  components: [
    { name: 'az1-kitchen-a', role: 'service', az: 'az1', dc: 'az1-dc1', state: 'dead', pid: null, memoryBytes: null, memoryLimitBytes: null, cpuShare: null },
    { name: 'az2-kitchen-a', role: 'service', az: 'az2', dc: 'az2-dc1', state: 'running', pid: 42, memoryBytes: 70 * 1024 ** 2, memoryLimitBytes: null, cpuShare: 0.021 },
  ],
  customers: {
    windowMs: 10_000, arm: 'balanced', ratePerSecond: 300, orders: { offered: 3001, answered: 3000, failed: 1, late: 0 }, menu: { offered: 3001, failed: 0 },
    shareByAz: { az3: 0.5, az2: 0.5 }, latencyMs: { p50: 80, p99: 220, max: 416 }, generatorLagMsP99: 1.5, generatorLagMsMax: 3,
  },
  balancers: [
    {
      balancer: 'az2-storefront-a', az: 'az2',
      upstreams: [{ upstream: 'kitchen', failOpen: false, spill: 0.05, shiftedZones: [], targets: [opinion('az1-kitchen-a', 'down', 'probe-refused'), opinion('az2-kitchen-a', 'up', 'probe-ok')] }],
    },
    { balancer: 'az1-storefront-a', az: 'az1', upstreams: null },
  ],
  settings: { rescue: true, ovens: 8 }, lever: { blocked: false, reason: null, sinceMs: null }, journalTrouble: null,
  roundTrips: [{ from: 'az1', to: 'az2', medianMs: 401.25 }, { from: 'az2', to: 'az1', medianMs: null }],
  differences: [], scrapeCpuShare: null,
};

describe('status for people', () => {
  const text = statusText(STATUS);

  it.each([
    ['a fault with its countdown and reason', /f1 {2}kill az1 +1 member +heals in 9m 58s {2}game day\n/],
    ['a fault on links with what it does, and whom it has not reached', /f2 {2}slow az2 \+400 ms ±50 {2}2 ways +heals in 1m 00s {2}suite "az-slow az2"; cannot be reached: az1-link\n/],
    ['the round trips between AZs, and where nothing comes back', /\n {2}from \\ to +az1 +az2\n {2}az1 +- +401\.\d\n {2}az2 +silent +-\n/],
    ['the last seconds of customers', '3,001 offered, 3,000 answered, 1 failed | az2 50 %  az3 50 % | p99 220 ms, max 416 ms'],
    ['what a component costs', 'az2-kitchen-a  az2-dc1  running'],
    ['the total of what is known', '70.0 MiB   2.1 %'],
    ['who thinks what of whom, and why', 'az2-storefront-a          down probe-refused 12s 0 %  up     spills 5.0 %'],
    ['who says nothing', 'Balancers that say nothing: az1-storefront-a'],
  ])('shows %s', (_what, line) => {
    if (typeof line === 'string') expect(text).toContain(line);
    else expect(text).toMatch(line);
  });

  it('names what differs from the description, and says nothing where nothing does', () => {
    expect(statusText({ ...STATUS, differences: ['az1-link runs without a limit of memory.'] })).toContain('Differs from its description\n  az1-link runs without a limit of memory.\n');
    expect(text).not.toContain('Differs');
  });

  it('says why nothing can be broken, and nothing where everything can', () => {
    const blocked = statusText({ ...STATUS, lever: { blocked: true, reason: 'incident 42', sinceMs: AT_MS }, journalTrouble: 'ENOSPC: no space left on device' });
    expect(blocked).toContain('\n\nNew faults are blocked since 2026-01-05 12:03:05 UTC: incident 42\nNew faults are refused, because the injector cannot write down what it breaks: ENOSPC: no space left on device\n\nFaults\n');
    expect(text).not.toContain('New faults');
  });

  it('is readable without customers, faults, links and balancers', () => {
    const bare = statusText({ ...STATUS, customers: null, faults: [], balancers: [], roundTrips: [] });
    expect(bare).toContain('Customers: they do not answer');
    expect(bare).toContain('Faults: none');
    expect(bare).not.toContain('Round trips');
    expect(bare).not.toContain('undefined');
  });
});
