import { expect, test } from 'vitest';
import { BakedLog } from './baked-log.ts';

test('keys are read on from where the last answer ended', () => {
  const log = new BakedLog(10);
  log.add('a');
  log.add('b');
  expect(log.answer(0)).toEqual({ keys: ['a', 'b'], nextSeq: 2, dropped: false });
  log.add('c');
  expect(log.answer(2)).toEqual({ keys: ['c'], nextSeq: 3, dropped: false });
  expect(log.answer(3)).toEqual({ keys: [], nextSeq: 3, dropped: false });
});

test('overwritten keys are missed openly', () => {
  const log = new BakedLog(3);
  for (const key of ['a', 'b', 'c', 'd', 'e']) log.add(key);
  expect(log.answer(0)).toEqual({ keys: ['c', 'd', 'e'], nextSeq: 5, dropped: true });
  expect(log.answer(2)).toEqual({ keys: ['c', 'd', 'e'], nextSeq: 5, dropped: false });
});

test('a key that is baked again is noticed while it is in the log', () => {
  const log = new BakedLog(2);
  expect(log.add('a')).toBe(false);
  expect(log.add('a')).toBe(true);
  log.add('b');
  log.add('c');
  expect(log.add('a')).toBe(false);
});

test('a number from before a restart asks for everything', () => {
  const log = new BakedLog(10);
  log.add('a');
  expect(log.answer(5000)).toEqual({ keys: ['a'], nextSeq: 1, dropped: false });
});

test('a long list is read in pieces', () => {
  const log = new BakedLog(50_000);
  for (let i = 0; i < 45_000; i += 1) log.add(String(i));
  const keys: string[] = [];
  for (let after = 0; after < 45_000; ) {
    const answer = log.answer(after);
    keys.push(...answer.keys);
    after = answer.nextSeq;
  }
  expect(keys).toEqual(Array.from({ length: 45_000 }, (_, i) => String(i)));
});
