import { expect, test } from 'vitest';
import { ContainerUsage } from './usage.ts';

test('an engine that answers with its next look, a second away, needs one look for all containers', async () => {
  const containers = Array.from({ length: 30 }, (_, at) => ({ name: `c${at}`, id: `id${at}`, pid: 7, memoryLimitBytes: 100 }));
  let asked = 0;
  let look = (): void => undefined;
  const looked = new Promise<void>((resolve) => (look = resolve));
  const usage = new ContainerUsage({
    usage: async () => {
      asked += 1;
      if (asked === containers.length) look();
      await looked;
      return { memoryBytes: 50, cpuSeconds: 1 };
    },
  });
  const found = await usage.of(containers);
  expect([found.size, [...found.values()].every(({ memoryBytes }) => memoryBytes === 50)]).toEqual([30, true]);
});
