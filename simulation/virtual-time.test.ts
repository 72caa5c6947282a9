import { expect, test } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { VirtualTime } from './virtual-time.ts';

test('things run in the order of their time, and at the same time in the order in which they were planned', () => {
  const time = new VirtualTime();
  const ran: string[] = [];
  time.at(20, () => ran.push('later'));
  time.at(10, () => ran.push('first'));
  time.at(10, () => ran.push('second'));
  time.at(10, () => time.at(10, () => ran.push('planned while at 10')));
  time.runUntil(100);
  expect(ran).toEqual(['first', 'second', 'planned while at 10', 'later']);
});

test('a thousand random moments come out sorted', () => {
  const time = new VirtualTime();
  const random = createRandom(7);
  const ran: number[] = [];
  for (let count = 0; count < 1000; count += 1) time.at(random() * 100, () => ran.push(time.nowMs));
  time.runUntil(100);
  expect(ran).toHaveLength(1000);
  expect(ran).toEqual([...ran].sort((a, b) => a - b));
});

test('what was cancelled does not run, and what is due later waits', () => {
  const time = new VirtualTime();
  const ran: string[] = [];
  time.cancel(time.at(5, () => ran.push('cancelled')));
  time.at(11, () => ran.push('later'));
  time.runUntil(10);
  expect(ran).toEqual([]);
  expect(time.nowMs).toBe(10);
  time.runUntil(11);
  expect(ran).toEqual(['later']);
});

test('a moment that is over means now', () => {
  const time = new VirtualTime();
  time.runUntil(50);
  let ranAtMs = 0;
  time.at(10, () => {
    ranAtMs = time.nowMs;
  });
  time.runUntil(60);
  expect(ranAtMs).toBe(50);
});
