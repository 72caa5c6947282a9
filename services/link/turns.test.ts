import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** A change that ends when the test says so. */
function change(log: string[], name: string): { run: () => Promise<string>; end: () => void } {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    run: async () => {
      log.push(`${name} begins`);
      await ended;
      log.push(`${name} ends`);
      return name;
    },
    end,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('changes of one name happen in the order in which they came, those of others do not wait', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const [one, two, other] = [change(log, 'one'), change(log, 'two'), change(log, 'other')];
  const all = [turns.take(['a'], one.run), turns.take(['a'], two.run), turns.take(['b'], other.run)];
  await settle();
  expect(log).toEqual(['one begins', 'other begins']);
  one.end();
  await settle();
  expect(log.slice(2)).toEqual(['one ends', 'two begins']);
  two.end();
  other.end();
  expect(await Promise.all(all)).toEqual(['one', 'two', 'other']);
});

test('a change of several names waits for all of them, and two such never wait for each other', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const [one, both, crossed] = [change(log, 'one'), change(log, 'both'), change(log, 'crossed')];
  const all = [turns.take(['b'], one.run), turns.take(['a', 'b', 'a'], both.run), turns.take(['b', 'a'], crossed.run)];
  both.end();
  crossed.end();
  await settle();
  expect(log).toEqual(['one begins']);
  one.end();
  await Promise.all(all);
  expect(log).toEqual(['one begins', 'one ends', 'both begins', 'both ends', 'crossed begins', 'crossed ends']);
});

test('a change that fails tells its caller only, and the next one goes on', async () => {
  const turns = new Turns();
  const failing = turns.take(['a'], () => Promise.reject(new Error('no')));
  const next = turns.take(['a'], async () => 'went on');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('went on');
});
