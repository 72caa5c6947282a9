import { expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

test('passes data and its end at once', () => {
  expect(new Line([toxic('noop')]).say('a').say('b').end().heard).toEqual(['0: a', '0: b', '0: end']);
});

test('gives up what it holds for a reader without room', () => {
  const line = new Line([toxic('noop')]);
  line.isBlocked = true;
  line.say('a').say('b');
  line.isBlocked = false;
  expect(line.remove('noop').say('c').heard).toEqual(['0: a', '0: b', '0: c']);
});
