import { describe, expect } from 'vitest';
import { pause } from '../../pause.ts';
import { it, until } from './small-docker-region.fixture.ts';

describe('kill', () => {
  it('says when the process was gone, not when the engine had tidied up', async ({ small, driver, engine }) => {
    await driver.open();
    engine.slow.set('kill', 300);
    const sentMs = Date.now();
    const { atMs } = await driver.kill('az1-kitchen-a');
    expect(Date.now() - sentMs).toBeGreaterThanOrEqual(290);
    expect(atMs - sentMs).toBeLessThan(150);
    expect(small.seen('az1-kitchen-a')).toMatchObject({ state: 'dead', pid: null, death: null });
  });

  it('says when its kernel closed the connections to it, however late the engine knows of that', async ({ small, driver, engine }) => {
    await driver.open();
    const { promise: known, resolve: learn } = Promise.withResolvers<void>();
    engine.held.set('kill', known);
    const killing = driver.kill('az1-kitchen-a');
    await until(() => expect(engine.acts()).toHaveLength(1));
    small.health.closeAllConnections();
    const goneMs = Date.now();
    await pause(400);
    engine.container('az1-kitchen-a').finishedAt = new Date().toISOString();
    learn();
    expect(Math.abs((await killing).atMs - goneMs)).toBeLessThan(150);
  });

  it('is believed about one that nobody could hear when the engine says it', async ({ driver, engine }) => {
    await driver.open();
    const { promise: known, resolve: learn } = Promise.withResolvers<void>();
    engine.held.set('kill', known);
    const killing = driver.kill('az1-kitchen-a');
    await until(() => expect(engine.acts()).toHaveLength(1));
    const finishedMs = Date.now() + 50;
    engine.container('az1-kitchen-a').finishedAt = new Date(finishedMs).toISOString();
    learn();
    expect((await killing).atMs).toBe(finishedMs);
  });

  it('does not take a clock for true that is far from ours', async ({ driver, engine }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    await driver.start('az1-kitchen-a');
    const killed = driver.kill('az1-kitchen-a');
    await until(() => expect(engine.container('az1-kitchen-a').state).toBe('exited'));
    engine.container('az1-kitchen-a').finishedAt = '2001-01-01T00:00:00Z';
    expect(Math.abs((await killed).atMs - Date.now())).toBeLessThan(1000);
  });

  it('of one that is dead is harmless, and of one that is paused works', async ({ small, driver }) => {
    await driver.open();
    await driver.kill('az1-kitchen-a');
    await driver.kill('az1-kitchen-a');
    await driver.freeze('az1-link');
    await driver.kill('az1-link');
    expect(small.states()).toMatchObject({ 'az1-link': 'dead', 'az1-kitchen-a': 'dead' });
  });

  it('of one that had left its networks gives them back, so that whoever starts it need not know', async ({ small, driver, engine }) => {
    await driver.open();
    await driver.detach('az1-kitchen-a');
    await driver.kill('az1-kitchen-a');
    expect(engine.acts()).toEqual(['POST disconnect az1-kitchen-a small_az1', 'POST kill az1-kitchen-a', 'POST connect az1-kitchen-a small_az1']);
    engine.refused.set('connect az1-link small_front', 'out of memory');
    await driver.detach('az1-link');
    await driver.kill('az1-link');
    expect(small.states()['az1-link']).toBe('dead');
  });

  it('is not disturbed by questions, and followed by one look', async ({ small, driver, engine }) => {
    await driver.open();
    const looks = (): number => engine.calls.filter((call) => call === 'GET list').length;
    // The look that follows the opening of the stream.
    await until(() => expect(looks()).toBe(2));
    const { promise: tidied, resolve: tidyUp } = Promise.withResolvers<void>();
    engine.held.set('kill', tidied);
    const killing = Promise.all([driver.kill('az1-kitchen-a'), driver.kill('az1-link')]);
    await until(() => expect(engine.acts()).toHaveLength(2));
    await driver.look();
    await pause(200);
    expect(looks()).toBe(2);
    tidyUp();
    await killing;
    await until(() => expect(looks()).toBe(3));
    await pause(200);
    expect(looks()).toBe(3);
    expect(small.states()).toMatchObject({ 'az1-link': 'dead', 'az1-kitchen-a': 'dead' });
  });

  it('is not undone by a look from before it', async ({ small, driver, engine }) => {
    await driver.open();
    engine.slow.set('list', 200);
    const looking = driver.look();
    await driver.kill('az1-kitchen-a');
    engine.slow.clear();
    await looking;
    expect(small.states()['az1-kitchen-a']).toBe('dead');
  });
});
