import { describe, expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

const bandwidth = (rate: number) => toxic('bandwidth', { rate });
const shown = (line: Line): string[] => line.heard.map((one) => one.replace(/x+/, (xs) => String(xs.length)));

describe('a chunk', () => {
  test.each<[string, number, number, string[]]>([
    ['worth less than 100 ms goes whole, after its time', 100, 5000, ['50: 5000']],
    ['worth exactly 100 ms goes whole', 100, 10_000, ['100: 10000']],
    ['worth more goes in slices', 100, 25_000, ['100: 10000', '200: 10000', '250: 5000']],
    ['passes at once at a rate beyond counting', 1e308, 30_000, ['0: 30000']],
    ['of one byte takes a millisecond at the smallest rate', 1, 1, ['1: 1']],
  ])('%s', (_name, rate, bytes, heard) => {
    expect(shown(new Line([bandwidth(rate)]).say('x'.repeat(bytes)).step(1000))).toEqual(heard);
  });
});

test.each([0, -1, -1e308])('a rate of %d lets nothing pass until it is removed or changed', (rate) => {
  const line = new Line([bandwidth(rate)]).say('ab').say('c').step(1e9);
  expect(line.heard).toEqual([]);
  expect(line.pipeline.isFull).toBe(true);
  expect(line.remove('bandwidth').end().text).toBe('abc');
  expect(new Line([bandwidth(rate)]).say('ab').step(7).update(bandwidth(1000)).heard).toEqual(['7: ab']);
});

test('480 KB at 1,000 KB/s take 480 ms although every timer is 3 ms late', () => {
  const line = new Line([bandwidth(1000)]);
  for (let i = 0; i < 15; i += 1) line.say('x'.repeat(32_000));
  line.step(1000, 3);
  const lastMs = Number(line.heard.at(-1)?.split(':')[0]);
  expect(line.text.length).toBe(480_000);
  expect(lastMs).toBeGreaterThanOrEqual(480);
  expect(lastMs).toBeLessThanOrEqual(490);
});

test('a reader that stalled earns a burst of one slice and no more', () => {
  const line = new Line([bandwidth(100)]);
  line.isBlocked = true;
  line.say('x'.repeat(30_000)).step(10_000);
  line.isBlocked = false;
  expect(shown(line.run().step(500))).toEqual(['10000: 10000', '10000: 10000', '10100: 10000']);
});

test('removed in the middle of a chunk, it lets go of the rest; the end waits for data and for nothing else', () => {
  expect(shown(new Line([bandwidth(100)]).say('x'.repeat(25_000)).end().step(150).remove('bandwidth'))).toEqual(['100: 10000', '150: 15000', '150: end']);
  expect(new Line([bandwidth(0)]).end().heard).toEqual(['0: end']);
});

test('behind a latency it paces what that lets go, and what waits for it is still held', () => {
  const line = new Line([toxic('latency', { latency: 50 }), bandwidth(1)]).say('aaaaaaaaaa').say('bbbbbbbbbb').step(61);
  expect(line.heard).toEqual(['60: aaaaaaaaaa']);
  expect(line.pipeline.heldBytes).toBe(10);
  expect(line.step(100).heard.at(-1)).toBe('70: bbbbbbbbbb');
});
