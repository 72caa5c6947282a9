import { describe, expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

const slicer = (average_size: number, size_variation = 0, delay = 0) => toxic('slicer', { average_size, size_variation, delay });
const sizes = (line: Line): number[] => line.heard.map((one) => one.replace(/^[^:]*: /, '').length);
const digits = (bytes: number): string => Array.from({ length: bytes }, (_, i) => String(i % 10)).join('');

describe('pieces', () => {
  test('of 100 bytes at 10 ± 5 are of at most 15, and together the same bytes', () => {
    const line = new Line([slicer(10, 5)]).say(digits(100));
    expect(Math.max(...sizes(line))).toBeLessThanOrEqual(15);
    expect(Math.min(...sizes(line))).toBeGreaterThanOrEqual(1);
    expect(line.text).toBe(digits(100));
  });

  test('of 480 KB at 1,024 ± 512 are 240 to 720', () => {
    const line = new Line([slicer(1024, 512)]);
    for (let i = 0; i < 15; i += 1) line.say(digits(32_000));
    expect(line.heard.length).toBeGreaterThanOrEqual(240);
    expect(line.heard.length).toBeLessThanOrEqual(720);
    expect(line.text).toBe(digits(32_000).repeat(15));
  });

  test('of one byte are as many as bytes', () => {
    expect(sizes(new Line([slicer(1)]).say(digits(24)))).toEqual(new Array(24).fill(1));
  });

  test.each<[string, number, number]>([
    ['the default', 0, 0],
    ['a negative average', -5, 3],
    ['a chunk that is smaller than the average', 1e308, 1e308],
  ])('are the whole chunk: %s', (_name, average, variation) => {
    expect(sizes(new Line([slicer(average, variation)]).say(digits(100)))).toEqual([100]);
  });

  test.each<[number, number]>([[1, 5], [2, 1e308], [10, 1000], [10, -1000]])('stay within bounds for average %d, variation %d', (average, variation) => {
    const line = new Line([slicer(average, variation)]).say(digits(1000));
    expect(line.text).toBe(digits(1000));
    expect(Math.max(...sizes(line))).toBeLessThan(2 * average);
  });

  test('are drawn: the same seed cuts alike, another does not', () => {
    const cut = (seed: number): string => sizes(new Line([slicer(10, 5)], { seed }).say(digits(1000))).join();
    expect(cut(1)).toBe(cut(1));
    expect(cut(1)).not.toBe(cut(2));
  });
});

describe('the delay', () => {
  test('follows each piece, the last one too', () => {
    const line = new Line([slicer(2, 0, 20_000)]).say('abcd').say('e').step(1000);
    expect(line.heard).toEqual(['0: ab', '20: cd', '40: e']);
  });

  test('below a millisecond lets pieces go together, and adds up all the same', () => {
    const line = new Line([slicer(1, 0, 125)]).say(digits(81));
    for (let ms = 0; ms < 10; ms += 1) {
      // A timer that only knows whole milliseconds.
      line.nowMs += 1;
      line.run();
      expect(line.heard).toHaveLength(1 + 8 * (ms + 1));
    }
  });

  test('is not caught up by a connection that was idle', () => {
    const line = new Line([slicer(1, 0, 1000)]).say('a').step(5000).say('bcd');
    expect(line.heard).toEqual(['0: a', '5000: b']);
  });

  test('is caught up for what a timer was late, not for what a reader stalled', () => {
    const line = new Line([slicer(1, 0, 1000)]).say(digits(100));
    line.isBlocked = true;
    line.step(10_000);
    line.isBlocked = false;
    expect(line.run().heard.length).toBeLessThanOrEqual(12);
  });

  test.each([-1, -1e308])('of %d is none', (delay) => {
    expect(new Line([slicer(1, 0, delay)]).say('abc').heard).toHaveLength(3);
  });
});

test('removed or changed, it lets the rest of the chunk go whole', () => {
  expect(new Line([slicer(1, 0, 10_000)]).say('abcdef').step(10).remove('slicer').heard).toEqual(['0: a', '10: b', '10: cdef']);
  expect(new Line([slicer(1, 0, 10_000)]).say('abcdef').step(10).update(slicer(2)).say('gh').heard).toEqual(['0: a', '10: b', '10: cdef', '10: gh']);
});
