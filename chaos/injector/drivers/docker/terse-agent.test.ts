import util from 'node:util';
import { expect, onTestFinished, vi } from 'vitest';
import { Engine } from './engine.ts';
import { it } from './small-docker-region.fixture.ts';

it('writes of a call for nobody no more than of the first, however many are under way', async ({ engine: { socketPath } }) => {
  const inspect = vi.spyOn(util, 'inspect');
  onTestFinished(() => inspect.mockRestore());
  const engine = new Engine({ socketPath });

  await Promise.all(Array.from({ length: 20 }, () => engine.list('small')));

  const lengths = inspect.mock.results.map(({ value }) => String(value).length);
  expect(lengths).toHaveLength(20);
  expect(Math.max(...lengths)).toBeLessThan(1000);
});
