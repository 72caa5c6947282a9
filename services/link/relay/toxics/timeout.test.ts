import { expect, test } from 'vitest';
import { Line, toxic } from '../virtual-time.fixture.ts';

const timeout = (ms: number, rest = {}) => toxic('timeout', { timeout: ms }, rest);

test('an idle connection is closed after the timeout', () => {
  expect(new Line([timeout(500)], { startMs: 7 }).step(1000).heard).toEqual(['507: end (timeout)']);
});

test('data is swallowed, counted, never held, and starts the wait anew', () => {
  const line = new Line([timeout(500)]).step(300).say('abc').step(300).say('d').step(1000);
  expect(line.heard).toEqual(['1100: end (timeout)']);
  expect([line.pipeline.discardedBytes, line.pipeline.heldBytes]).toEqual([4, 0]);
});

test.each([0, -5])('%d never closes', (ms) => {
  const line = new Line([timeout(ms)]).say('abc').step(1e12);
  expect([line.heard, line.pipeline.wakeAtMs(line.nowMs), line.pipeline.discardedBytes]).toEqual([[], Infinity, 3]);
});

test('an end of stream passes, and nothing more is closed after it', () => {
  expect(new Line([timeout(500)]).say('abc').step(100).end().step(1000).remove('timeout').heard).toEqual(['100: end']);
});

test('changed, it waits the new time from then on', () => {
  expect(new Line([timeout(0)]).step(100).update(timeout(200)).step(1000).heard).toEqual(['300: end (timeout)']);
  expect(new Line([timeout(200)]).step(100).update(timeout(0)).step(1000).heard).toEqual([]);
});

test('removed, it closes what it governed, and only that', () => {
  expect(new Line([timeout(0)]).step(100).remove('timeout').heard).toEqual(['100: end (toxic-removed)']);
  expect(new Line([timeout(0, { toxicity: 0.5, draw: 0.5 })]).say('a').remove('timeout').say('b').heard).toEqual(['0: a', '0: b']);
});

test('no longer active by its toxicity, it closes too: bytes are lost', () => {
  expect(new Line([timeout(0)]).say('a').update(timeout(0, { toxicity: 0 })).heard).toEqual(['0: end (toxic-removed)']);
});

test('made active by its toxicity, it begins then', () => {
  const line = new Line([timeout(100, { toxicity: 0 })]).step(1000).say('a').update(timeout(100)).step(1000);
  expect(line.heard).toEqual(['1000: a', '1100: end (timeout)']);
});

test('does not keep what a removed latency still holds from going on behind it', () => {
  const line = new Line([timeout(0), toxic('latency', { latency: 1000 })]).step(10).remove('latency').say('a');
  expect([line.heard, line.pipeline.discardedBytes]).toEqual([[], 1]);
});
