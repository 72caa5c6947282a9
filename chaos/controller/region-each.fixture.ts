/** A test that gets a region of its own with a controller before it, so that tests which take seconds of real time go side by side. */
import { test as base } from 'vitest';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { TestController } from './controller.fixture.ts';

export const test = base.extend<{ region: FakeRegion; controller: TestController }>({
  region: async ({ task: _task }, use) => {
    const region = await FakeRegion.start();
    await use(region);
    await region.stop();
  },
  controller: async ({ region }, use) => {
    const controller = await TestController.start(region.url);
    await use(controller);
    await controller.stop();
  },
});
