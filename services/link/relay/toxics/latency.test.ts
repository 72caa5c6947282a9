import { describe, expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

describe('the delay', () => {
  test.each([
    ['0 is none', { latency: 0 }, 0],
    ['counts from arrival', { latency: 300 }, 300],
    ['negative is none', { latency: -300 }, 0],
    ['a jitter that is negative is none', { latency: 300, jitter: -100 }, 300],
  ])('%s', (_name, attributes, atMs) => {
    expect(new Line([toxic('latency', attributes)]).say('a').step(1000).heard).toEqual([`${atMs}: a`]);
  });

  test('chunks behind each other overlap: a hundred of them take no longer than one', () => {
    const line = new Line([toxic('latency', { latency: 100 })]);
    for (let i = 0; i < 100; i += 1) line.say('x').step(1);
    expect(line.step(100).heard).toEqual(Array.from({ length: 100 }, (_, i) => `${100 + i}: x`));
  });

  test('of several add up, and a wake that is late does not add to them', () => {
    const line = new Line([toxic('latency', { latency: 500 }, { name: 'a' }), toxic('latency', { latency: 500 }, { name: 'b' })]);
    expect(line.say('x').step(2000, 5).heard).toEqual(['1005: x']);
  });

  test('varies by whole milliseconds within [-jitter, jitter), and no chunk overtakes', () => {
    const delays = new Set<number>();
    for (let seed = 0; seed < 400; seed += 1) {
      const line = new Line([toxic('latency', { latency: 10, jitter: 4 })], { seed }).say('x').step(20);
      delays.add(Number(line.heard[0]?.split(':')[0]));
    }
    expect([...delays].sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
    const line = new Line([toxic('latency', { latency: 10, jitter: 10 })]);
    for (const letter of 'abcdefghij') line.say(letter);
    expect(line.step(20).text).toBe('abcdefghij');
  });

  test('half of the chunks pass undelayed when a jitter stands alone', () => {
    let undelayed = 0;
    for (let seed = 0; seed < 400; seed += 1) undelayed += new Line([toxic('latency', { jitter: 100 })], { seed }).say('x').heard.length;
    expect(undelayed).toBeGreaterThan(160);
    expect(undelayed).toBeLessThan(240);
  });
});

test('a bare end is not delayed; one behind data follows it at once', () => {
  expect(new Line([toxic('latency', { latency: 400 })]).end().heard).toEqual(['0: end']);
  expect(new Line([toxic('latency', { latency: 400 })]).say('a').step(50).end().step(1000).heard).toEqual(['400: a', '400: end']);
});

test('removed, it lets go of everything at once, in order', () => {
  const line = new Line([toxic('latency', { latency: 1000 })]).say('a').step(10).say('b').end().step(10);
  expect(line.remove('latency').heard).toEqual(['20: a', '20: b', '20: end']);
});

test('changed, it lets go of the first chunk at once, and delays the others by the new value, from their arrival', () => {
  const line = new Line([toxic('latency', { latency: 1000 })]).say('a').step(10).say('b').step(10);
  expect(line.update(toxic('latency', { latency: 100 })).step(1000).heard).toEqual(['20: a', '110: b']);
});

test('a delay beyond what numbers can count is held, not thrown', () => {
  const line = new Line([toxic('latency', { latency: 1e308, jitter: 1e308 })]).say('a').step(1e6);
  expect(line.heard).toEqual([]);
  expect(line.remove('latency').text).toBe('a');
});

test('it holds 100 MB/s through 100 ms, and never more than 1,024 chunks or 16 MiB', () => {
  const chunk = 'x'.repeat(32 * 1024);
  const line = new Line([toxic('latency', { latency: 100 })]);
  for (let i = 0; i < 1000; i += 1) {
    line.say(chunk).step((chunk.length / 100e6) * 1000);
    if (line.pipeline.isFull) throw new Error('reading stopped');
  }
  expect(line.text.length).toBeGreaterThan(22e6);
  const slow = new Line([toxic('latency', { latency: 1e6 })]);
  let said = 0;
  for (; !slow.pipeline.isFull; said += 1) slow.say(chunk);
  expect(slow.pipeline.heldBytes).toBeLessThanOrEqual(16 * 1024 * 1024 + chunk.length);
  const small = new Line([toxic('latency', { latency: 1e6 })]);
  for (said = 0; !small.pipeline.isFull; said += 1) small.say('x');
  expect(said).toBe(1025);
});
