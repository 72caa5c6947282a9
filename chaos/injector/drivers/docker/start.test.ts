import type { ServerResponse } from 'node:http';
import { describe, expect } from 'vitest';
import { StartFailure } from '../../driver.ts';
import { pause } from '../../pause.ts';
import { it, until } from './small-docker-region.fixture.ts';

describe('start', () => {
  it('gives back the networks before it starts, and waits until it is ready', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    engine.container('az1-kitchen-a').networks.clear();
    await driver.look();
    engine.calls.length = 0;
    await driver.start('az1-kitchen-a');
    expect(engine.acts()).toEqual(['POST connect az1-kitchen-a small_az1', 'POST start az1-kitchen-a']);
    expect(small.states()['az1-kitchen-a']).toBe('running');
  });

  it('keeps the networks of one that only died', async ({ driver, engine }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    engine.calls.length = 0;
    await driver.start('az1-kitchen-a');
    expect(engine.acts()).toEqual(['POST start az1-kitchen-a']);
  });

  it('that the engine refuses says so', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    engine.refused.set('start az1-kitchen-a', 'Address already in use');
    await expect(driver.start('az1-kitchen-a')).rejects.toThrow('az1-kitchen-a could not be started: Docker refuses to start: Address already in use');
    expect(small.states()['az1-kitchen-a']).toBe('dead');
  });

  it('of one that dies at once ends soon, with the end of its log', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    await new Promise((resolve) => {
      small.health.close(resolve);
      small.health.closeAllConnections();
    });
    const starting = driver.start('az1-kitchen-a');
    expect(small.states()['az1-kitchen-a']).toBe('starting');
    await until(() => expect(engine.container('az1-kitchen-a').state).toBe('running'));
    await engine.happen('die', 'az1-kitchen-a', { state: 'exited', exitCode: 2 });
    const failure = await starting.then(() => null, (error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    expect(failure).toMatchObject({ message: 'az1-kitchen-a ended with exit code 2', log: ['the oven is cold'] });
  });

  it('is not given up for what a look from before it saw', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    const [inspected, started] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    engine.held.set('inspect', inspected.promise);
    engine.held.set('start', started.promise);
    engine.calls.length = 0;
    const looking = driver.look();
    await until(() => expect(engine.calls).toContain('GET inspect az1-kitchen-a'));
    let isReady = false;
    small.health.prependListener('request', (_request, response: ServerResponse) => void (response.statusCode = isReady ? 200 : 503));
    const starting = driver.start('az1-kitchen-a');
    inspected.resolve();
    await looking;
    started.resolve();
    await pause(100);
    isReady = true;
    await starting;
    expect(small.states()['az1-kitchen-a']).toBe('running');
  });

  it('of what has no container says what makes one', async ({ driver, engine }) => {
    engine.containers.delete('az1-kitchen-a');
    await driver.open();
    await expect(driver.start('az1-kitchen-a')).rejects.toThrow('has no container; "docker compose up -d" makes one');
    await expect(driver.kill('az1-kitchen-a')).rejects.toThrow('has no container');
  });
});
