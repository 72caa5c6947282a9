import { describe, expect } from 'vitest';
import { DockerDriver } from './driver.ts';
import { Engine } from './engine.ts';
import { it } from './small-docker-region.fixture.ts';

describe('an engine', () => {
  it('that does not answer is given up, by name, and what it did is not known until it is asked', async ({ small, engine }) => {
    engine.silent.add('kill');
    const impatient = new DockerDriver(small.region, new Engine({ socketPath: engine.socketPath, actLimitMs: 1500 }));
    await impatient.open();
    await expect(impatient.kill('az1-link')).rejects.toThrow('Docker did not answer within 1.5 s: kill');
    expect(impatient.differences()[0]).toBe('What is shown may be out of date: Docker did not answer within 1.5 s: kill');
    expect(await impatient.look()).toBe(null);
    expect(impatient.differences()).toEqual([]);
    await impatient.close();
  });

  it('that is gone is told, with what was last seen', async ({ small, driver, engine }) => {
    await driver.open();
    await engine.close();
    expect(await driver.look()).toMatch(/^Docker cannot be reached \(EN\w+\): list the containers$/);
    expect(driver.differences()[0]).toMatch(/^What is shown may be out of date: Docker cannot be reached/);
    expect(small.states()['az1-link']).toBe('running');
    await expect(driver.kill('az1-link')).rejects.toThrow('Docker cannot be reached');
  });

  it('that was never there is refused at the start', async ({ small }) => {
    const nobody = new DockerDriver(small.region, new Engine({ socketPath: '/nonexistent/docker.sock' }));
    await expect(nobody.open()).rejects.toThrow('Docker cannot be reached (ENOENT): list the containers');
    await nobody.close();
  });
});
