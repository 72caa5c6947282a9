import { describe, expect } from 'vitest';
import type { Endpoint } from '#contracts/region.ts';
import { pause } from '../../pause.ts';
import { it, until } from './small-docker-region.fixture.ts';

describe('what runs', () => {
  it('is known by labels, with states and processes', async ({ driver }) => {
    await driver.open();
    expect(driver.components()).toMatchObject([
      { name: 'az1-link', state: 'running', pid: 1000, death: null }, { name: 'az1-kitchen-a', state: 'running' }, { name: 'injector' }, { name: 'grafana' },
    ]);
    expect(driver.differences()).toEqual([]);
    expect(driver.publishedPort('az1-link', 8080)).toBe(18080);
    expect(driver.publishedPort('az1-link', 9000)).toBeNull();
  });

  it('is told what others do to it, as soon as the engine says so', async ({ small, driver, engine }) => {
    await driver.open();
    await until(() => expect(engine.listeners).toBe(1));
    await engine.happen('die', 'az1-kitchen-a', { state: 'exited', exitCode: 3 });
    await until(() => expect(small.seen('az1-kitchen-a')).toMatchObject({ state: 'dead', pid: null, death: 'ended with exit code 3' }));
    await engine.happen('start', 'az1-kitchen-a', { state: 'running', pid: 77 });
    await until(() => expect(small.seen('az1-kitchen-a')).toMatchObject({ state: 'running', pid: 77, death: null }));
    await engine.happen('pause', 'az1-kitchen-a', { state: 'paused' });
    await until(() => expect(small.states()['az1-kitchen-a']).toBe('frozen'));
  });

  it('is followed again after the stream of events broke off', async ({ small, driver, engine }) => {
    await driver.open();
    await until(() => expect(engine.listeners).toBe(1));
    engine.hangUp();
    await until(() => expect(engine.listeners).toBe(1));
    await engine.happen('pause', 'az1-link', { state: 'paused' });
    await until(() => expect(small.states()['az1-link']).toBe('frozen'));
  });

  it('is detached when one network is missing, or has it under another address', async ({ small, driver, engine }) => {
    engine.container('az1-link').networks.delete('small_az1');
    await driver.open();
    expect(small.states()['az1-link']).toBe('detached');
    const at = engine.container('az1-kitchen-a').networks.get('small_az1');
    if (at !== undefined) at.address = '10.1.1.99';
    await driver.look();
    expect(small.states()['az1-kitchen-a']).toBe('detached');
    expect(driver.differences()).toEqual(['az1-kitchen-a has the address 10.1.1.99 on az1, and the description says 10.1.1.31; "heal" gives it back.']);
  });

  it('says why a container ended for want of memory, and what was never started', async ({ small, driver, engine }) => {
    Object.assign(engine.container('az1-link'), { state: 'exited', oomKilled: true, exitCode: 137 });
    engine.container('az1-kitchen-a').state = 'created';
    await driver.open();
    expect(small.seen('az1-link')?.death).toMatch(/more memory than it may have/);
    expect(small.seen('az1-kitchen-a')).toMatchObject({ state: 'dead', death: 'was never started' });
    expect(driver.awaitsCompose('az1-kitchen-a')).toBe(true);
    expect(driver.awaitsCompose('az1-link')).toBe(false);
  });

  it('differs where a label does, a container is missing, or one is not described; a watcher may be missing', async ({ small, driver, engine }) => {
    engine.container('az1-link').labels['azimuth.az'] = 'az2';
    engine.containers.delete('az1-kitchen-a');
    engine.containers.delete('grafana');
    engine.add({ ...(small.region.endpoints[1] as Endpoint), name: 'az1-kitchen-z' });
    engine.add({ ...(small.region.endpoints[1] as Endpoint), name: 'chaos' }, { 'com.docker.compose.oneoff': 'True' });
    await driver.open();
    expect(driver.differences()).toEqual([
      'az1-link has the label azimuth.az=az2, and the description says az1; "docker compose up -d" makes it anew.',
      'az1-kitchen-a has no container; "docker compose up -d" makes one.',
      'az1-kitchen-z is a container of this region, but not in its description.',
    ]);
    expect(small.states()).toEqual({ 'az1-link': 'running', 'az1-kitchen-a': 'dead', injector: 'running' });
  });

  it('that is created later is found', async ({ small, driver, engine }) => {
    engine.containers.delete('az1-kitchen-a');
    await driver.open();
    engine.add(small.region.endpoints[1] as Endpoint);
    await engine.happen('start', 'az1-kitchen-a', {});
    await until(() => expect(small.states()['az1-kitchen-a']).toBe('running'));
  });
});

describe('usage', () => {
  it('is the working set and the limit at once, and a share of a core from the second sample', async ({ driver, engine }) => {
    await driver.open();
    expect((await driver.usage()).get('az1-link')).toEqual({ memoryBytes: 40_000_000, memoryLimitBytes: 64 * 2 ** 20, cpuShare: null });
    const asked = engine.calls.filter((call) => call.startsWith('GET stats')).length;
    await driver.usage();
    expect(engine.calls.filter((call) => call.startsWith('GET stats'))).toHaveLength(asked);
    await pause(2050);
    expect((await driver.usage()).get('az1-link')?.cpuShare).toBeCloseTo(0.05, 1);
  });

  it('of a dead container is nothing', async ({ driver }) => {
    await driver.open();
    await driver.kill('az1-link');
    expect((await driver.usage()).has('az1-link')).toBe(false);
  });
});
