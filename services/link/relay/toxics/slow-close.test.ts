import { expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

test.each([
  ['0 is at once', 0, '5: end'],
  ['is held for the delay', 600, '605: end'],
  ['a negative delay is none', -600, '5: end'],
])('the end of the stream: %s; data passes', (_name, delay, end) => {
  expect(new Line([toxic('slow_close', { delay })]).say('a').step(5).end().step(10_000).heard).toEqual(['0: a', end]);
});

test('removed or changed while it holds the end, it lets go of it', () => {
  expect(new Line([toxic('slow_close', { delay: 600 })]).end().step(100).remove('slow_close').heard).toEqual(['100: end']);
  expect(new Line([toxic('slow_close', { delay: 600 })]).end().step(100).update(toxic('slow_close', { delay: 600 })).heard).toEqual(['100: end']);
});

test('an end further than any timer reaches stays held', () => {
  const line = new Line([toxic('slow_close', { delay: 1e300 })]).end().step(2 ** 40);
  expect(line.heard).toEqual([]);
  expect(line.remove('slow_close').heard).toEqual([`${2 ** 40}: end`]);
});

test("another toxic's close is an end like any other", () => {
  const line = new Line([toxic('limit_data', { bytes: 2 }), toxic('slow_close', { delay: 50 })]).say('abc').step(100);
  expect(line.heard).toEqual(['0: ab', '50: end (limit)']);
});
