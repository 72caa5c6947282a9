import { describe, expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

const limit = (bytes: number, rest = {}) => toxic('limit_data', { bytes }, rest);

describe('the limit', () => {
  test.each<[string, number, string[], string[], number]>([
    ['is not met: all passes', 6, ['ab', 'cde'], ['0: ab', '0: cde'], 0],
    ['is met exactly: it closes at once', 5, ['ab', 'cde'], ['0: ab', '0: cde', '0: end (limit)'], 0],
    ['is crossed: the chunk is cut', 4, ['ab', 'cde'], ['0: ab', '0: cd', '0: end (limit)'], 1],
    ['of 0 closes on the first data', 0, ['ab'], ['0: end (limit)'], 2],
    ['below 0 does too', -7, ['ab'], ['0: end (limit)'], 2],
    ['beyond counting lets all pass', 1e308, ['ab'], ['0: ab'], 0],
  ])('%s', (_name, bytes, said, heard, lostBytes) => {
    const line = new Line([limit(bytes)]);
    for (const text of said) line.say(text);
    expect([line.heard, line.pipeline.discardedBytes]).toEqual([heard, lostBytes]);
  });
});

test('an idle connection stays, and an end passes', () => {
  const line = new Line([limit(0)]).step(1000);
  expect(line.heard).toEqual([]);
  expect(line.end().heard).toEqual(['1000: end']);
});

test('what has passed is remembered over a change', () => {
  expect(new Line([limit(4)]).say('abc').update(limit(5)).say('defg').heard).toEqual(['0: abc', '0: de', '0: end (limit)']);
});

test('lowered below what has passed, it closes on the next data and passes none of it', () => {
  expect(new Line([limit(10)]).say('abcdef').update(limit(5)).step(10).say('g').heard).toEqual(['0: abcdef', '10: end (limit)']);
});

test('added to an old connection, it counts from 0; removed, it limits nothing', () => {
  expect(new Line([]).say('abc').add(limit(2)).say('de').heard).toEqual(['0: abc', '0: de', '0: end (limit)']);
  expect(new Line([limit(4)]).say('abc').remove('limit_data').say('def').heard).toEqual(['0: abc', '0: def']);
});

test('what it let pass arrives before its close, through the toxics behind it', () => {
  const line = new Line([limit(4), toxic('latency', { latency: 100 })]).say('abcdef').step(1000);
  expect([line.heard, line.pipeline.discardedBytes]).toEqual([['100: abcd', '100: end (limit)'], 2]);
});

test('removed between the cut and the close, it loses nothing', () => {
  const line = new Line([limit(4), toxic('bandwidth', { rate: 0 })]).say('abcdef').remove('limit_data');
  expect(line.remove('bandwidth').heard.map((one) => one.slice(3)).join('')).toBe('abcdef');
});
