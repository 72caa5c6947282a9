import { expect, test } from 'vitest';
import type { Acted } from './driver.ts';
import { FakeDriver, linkedRegion } from './fake-driver.fixture.ts';
import { strike, type Strike } from './strike.ts';

const region = linkedRegion();
const MEMBERS = ['az1-load-balancer', 'az1-kitchen-a', 'az1-link'];
const hit = (driver: FakeDriver, verb: Strike['verb'], silent = false, members = MEMBERS): ReturnType<typeof strike> =>
  strike(driver, region.endpoints, { verb, members, silent });

test('the link is killed before anything else is', async () => {
  const driver = new FakeDriver(region);
  expect(await hit(driver, 'kill')).toEqual({ startedMs: 1_000_000, skewMs: 2 });
  expect(driver.acts).toEqual(['kill az1-link', 'kill az1-load-balancer', 'kill az1-kitchen-a']);
});

test('the others do not wait for an engine that takes long to tell of the link', async () => {
  class SlowToTell extends FakeDriver {
    override async kill(name: string): Promise<Acted> {
      const acted = super.kill(name);
      if (name === 'az1-link') await new Promise((resolve) => setTimeout(resolve, 500));
      return acted;
    }
  }
  const driver = new SlowToTell(region);
  const struck = hit(driver, 'kill');
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(driver.acts).toHaveLength(3);
  await struck;
});

test('a silent kill strikes when all is frozen, takes the link off its networks, and each of the others before it dies', async () => {
  const driver = new FakeDriver(region);
  expect(await hit(driver, 'kill', true)).toEqual({ startedMs: 1_000_000, skewMs: 2 });
  expect(driver.acts.slice(0, 4)).toEqual([...MEMBERS.map((name) => `freeze ${name}`), 'detach az1-link']);
  for (const name of MEMBERS) {
    expect(driver.acts.indexOf(`kill ${name}`)).toBeGreaterThan(driver.acts.indexOf(`detach ${name}`));
    expect(driver.acts).toContain(`detach ${name}`);
  }
});

test('a target without a link is struck all at once', async () => {
  const driver = new FakeDriver(region);
  await hit(driver, 'kill', false, ['az1-kitchen-a']);
  await hit(driver, 'freeze', false, MEMBERS.slice(0, 1));
  expect(driver.acts).toEqual(['kill az1-kitchen-a', 'freeze az1-load-balancer']);
});

test('no act is under way any more when one has failed', async () => {
  class Slow extends FakeDriver {
    override async kill(name: string): Promise<Acted> {
      if (name === 'az1-kitchen-a') await new Promise((resolve) => setTimeout(resolve, 100));
      return super.kill(name);
    }
  }
  const driver = new Slow(region);
  driver.refuseKill = 'az1-load-balancer';
  await expect(hit(driver, 'kill')).rejects.toThrow('not permitted');
  expect(driver.acts).toEqual(['kill az1-link', 'kill az1-kitchen-a']);
});
