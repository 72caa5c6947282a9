import type { AddressInfo } from 'node:net';
import { describe, expect, vi } from 'vitest';
import { DockerDriver } from './driver.ts';
import { Engine } from './engine.ts';
import { it } from './small-docker-region.fixture.ts';

describe('freeze and thaw', () => {
  it('pause and go on, twice without harm', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.freeze('az1-kitchen-a');
    await driver.freeze('az1-kitchen-a');
    expect(small.states()['az1-kitchen-a']).toBe('frozen');
    await driver.thaw('az1-kitchen-a');
    await driver.thaw('az1-kitchen-a');
    expect(small.states()['az1-kitchen-a']).toBe('running');
    expect(engine.acts().filter((call) => call.startsWith('POST unpause'))).toEqual(['POST unpause az1-kitchen-a']);
  });
});

describe('detach', () => {
  it('leaves every network, those where it is called first, and thaw gives back addresses and names', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.detach('az1-link');
    expect(engine.acts()).toEqual([
      'POST disconnect az1-link small_front', 'POST disconnect az1-link small_az1', 'POST disconnect az1-link small_az2',
    ]);
    expect(engine.container('az1-link').networks.size).toBe(0);
    expect(small.states()['az1-link']).toBe('detached');
    await driver.detach('az1-kitchen-a');
    await driver.thaw('az1-link');
    await driver.thaw('az1-kitchen-a');
    expect(engine.container('az1-kitchen-a').networks).toEqual(new Map([['small_az1', { address: '10.1.1.31', aliases: ['az1-kitchen-a-1', 'az1-kitchen-a', 'kitchen'], live: true }]]));
    expect([...engine.container('az1-link').networks.values()].map(({ address }) => address).sort()).toEqual(['10.1.0.101', '10.1.1.101', '10.1.2.101']);
    expect(small.states()).toMatchObject({ 'az1-link': 'running', 'az1-kitchen-a': 'running' });
  });

  it('is healed by one who knows nothing of it: also paused, also under a wrong address', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.detach('az1-kitchen-a');
    await engine.happen('pause', 'az1-kitchen-a', { state: 'paused' });
    engine.container('az1-link').networks.set('small_front', { address: '10.1.0.7', aliases: [], live: true });
    const other = new DockerDriver(small.region, new Engine({ socketPath: engine.socketPath }));
    await other.open();
    await other.thaw('az1-kitchen-a');
    await other.thaw('az1-link');
    await other.close();
    expect(engine.container('az1-kitchen-a')).toMatchObject({ state: 'running' });
    expect(engine.container('az1-kitchen-a').networks.get('small_az1')?.address).toBe('10.1.1.31');
    expect(engine.container('az1-link').networks.get('small_front')?.address).toBe('10.1.0.101');
  });

  it('of a link that began without an address, and listens nowhere, is ended by a new start', async ({ small, driver, engine }) => {
    await driver.open();
    engine.container('az1-link').networks.clear();
    await driver.look();
    const address = small.health.address() as AddressInfo;
    small.health.close();
    // Its API is there once the engine was asked to start it.
    void vi.waitFor(() => {
      if (!engine.acts().includes('POST start az1-link')) throw new Error('not yet');
      small.health.listen(address.port, '127.0.0.1');
    }, { timeout: 10_000, interval: 10 });
    await driver.thaw('az1-link');
    expect(engine.acts().filter((call) => !call.startsWith('POST connect'))).toEqual(['POST kill az1-link', 'POST start az1-link']);
    expect(engine.container('az1-link').networks.size).toBe(3);
    expect(small.states()['az1-link']).toBe('running');
  }, 20_000);

  it('by hand in the meantime is no failure', async ({ driver, engine }) => {
    await driver.open();
    engine.container('az1-link').networks.delete('small_front');
    await driver.detach('az1-link');
    expect(engine.container('az1-link').networks.size).toBe(0);
  });
});
