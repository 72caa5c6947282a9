import { expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

const reset = (timeout: number) => toxic('reset_peer', { timeout });

test('a connection on which nothing is said stays', () => {
  expect(new Line([reset(0)]).step(1e6).heard).toEqual([]);
});

test.each([
  ['at once', 0, '5: end (reset)'],
  ['after the wait', 300, '305: end (reset)'],
  ['at once for a negative wait', -1, '5: end (reset)'],
])('the first data dooms it: %s, and is lost', (_name, timeout, end) => {
  const line = new Line([reset(timeout)]).step(5).say('abc').say('de').step(1000);
  expect(line.heard).toEqual([end]);
  expect([line.pipeline.discardedBytes, line.pipeline.heldBytes]).toEqual([5, 0]);
});

test('an end of stream dooms it too', () => {
  expect(new Line([reset(300)]).end().step(1000).heard).toEqual(['300: end (reset)']);
});

test('what comes while it waits is not read on', () => {
  expect(new Line([reset(300)]).say('a').say('b').pipeline.isFull).toBe(true);
});

test('removed or changed in time, it lets all of it pass; the next data dooms anew', () => {
  expect(new Line([reset(300)]).say('a').say('b').step(100).remove('reset_peer').step(1000).heard).toEqual(['100: a', '100: b']);
  expect(new Line([reset(300)]).say('a').step(100).update(reset(50)).say('b').step(1000).heard).toEqual(['100: a', '150: end (reset)']);
});

test('where its draw made it inactive it does nothing', () => {
  expect(new Line([toxic('reset_peer', {}, { toxicity: 0 })]).say('a').end().step(1000).heard).toEqual(['0: a', '0: end']);
});
