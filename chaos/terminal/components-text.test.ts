import { describe, expect, it } from 'vitest';
import type { ComponentStatus } from '#contracts/region-status.ts';
import { componentsText } from './components-text.ts';

const MIB = 1024 ** 2;

function component(name: string, change: Partial<ComponentStatus> = {}): ComponentStatus {
  return { name, role: 'service', az: 'az1', dc: 'az1-dc1', state: 'running', pid: 42, memoryBytes: 70 * MIB, memoryLimitBytes: null, cpuShare: 0.02, ...change };
}

const outside = { az: null, dc: null, pid: null } as const;
const CONTAINERS = [
  component('az1-kitchen-a', { memoryLimitBytes: 160 * MIB }),
  component('az1-link', { role: 'link', dc: null, state: 'detached', memoryBytes: 9 * MIB, memoryLimitBytes: 64 * MIB, cpuShare: null }),
  component('prometheus', { ...outside, role: 'observer', memoryBytes: 121 * MIB, memoryLimitBytes: 512 * MIB, cpuShare: 0.03 }),
  component('grafana', { ...outside, role: 'observer', state: 'dead', memoryBytes: null, memoryLimitBytes: 320 * MIB, cpuShare: null }),
];

describe('components of a region in containers', () => {
  const text = componentsText({ body: 'compose', components: CONTAINERS, scrapeCpuShare: 0.031 });

  it.each([
    ['memory beside its limit', /az1-kitchen-a +az1-dc1 +running +42 +70\.0 MiB +of 160\.0 MiB +2\.0 %\n/],
    ['one that is off its networks, and dashes for what is not known', /az1-link +az1 +detached +42 +9\.0 MiB +of 64\.0 MiB +-\n/],
    ['observers, dead ones too', /grafana +outside +dead +- +- +of 320\.0 MiB +-\n/],
    ['totals of both, and of the processors', /total +2 of 4 running +200\.0 MiB +of 1\.03 GiB +5\.0 %\n/],
    ['what being observed costs', /Being scraped costs the fleet 3\.1 % of a core; prometheus itself 3\.0 %$/],
    ['whose memory it is', /^Components .* memory /],
  ])('shows %s', (_what, line) => {
    expect(text).toMatch(line);
  });
});

describe('components of a region of processes', () => {
  it('have no limits, no observers, and say how their memory was counted', () => {
    const text = componentsText({ body: 'embedded', components: [component('az1-kitchen-a'), component('az1-kitchen-b', { state: 'dead', memoryBytes: null, cpuShare: null })], scrapeCpuShare: null });
    expect(text).toMatch(/^Components +where +state +pid +PSS +cpu\n/);
    expect(text).toMatch(/total +1 of 2 running +70\.0 MiB +2\.0 %$/);
    expect(text).not.toMatch(/ of \d+\.|scraped/);
  });

  it('that cannot be measured at all have no total', () => {
    expect(componentsText({ body: 'embedded', components: [component('a', { memoryBytes: null, cpuShare: null })], scrapeCpuShare: null })).toMatch(/total +1 of 1 running +- +-$/);
  });
});
