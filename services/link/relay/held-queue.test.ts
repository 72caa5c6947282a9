import { expect, test } from 'vitest';
import { HeldQueue } from './held-queue.ts';
import { END, type Flow } from './toxic-kind.ts';

const chunk = (i: number): Flow => ({ type: 'data', bytes: Buffer.alloc(i % 7 + 1), arrivedMs: i });

test('first in, first out, over thousands, with its size in bytes', () => {
  const queue = new HeldQueue();
  const expected: Flow[] = [];
  for (let i = 0; i < 5000; i += 1) {
    queue.push(chunk(i));
    expected.push(chunk(i));
    // Two of three go, so that it grows and is cut.
    if (i % 3 !== 0) expect(queue.shift()).toEqual(expected.shift());
  }
  expect(queue.length).toBe(expected.length);
  expect(queue.head).toEqual(expected[0]);
  expect(queue.bytes).toBe(expected.reduce((sum, flow) => sum + (flow.type === 'data' ? flow.bytes.length : 0), 0));
  queue.push(END);
  expect(queue.take()).toEqual([...expected, END]);
  expect([queue.length, queue.bytes, queue.head, queue.shift()]).toEqual([0, 0, null, null]);
});
