import { expect, test } from 'vitest';
import type { BalancerEvent } from '#contracts/events.ts';
import { EventRing } from './event-ring.ts';

const ejected: BalancerEvent = { type: 'target.ejected', target: 't1', zone: 'az1', reason: 'stalled' };
const refused: BalancerEvent = { type: 'retry.refused', requestId: 'r', reason: 'budget' };

test('events come in order, stamped, and only those that were asked for', () => {
  const ring = new EventRing('lb', 'kitchen');
  const first = ring.add(ejected, 10);
  const second = ring.add(refused, 20);
  expect(ring.after(0).events).toEqual([first, second]);
  expect(ring.after(first.seq)).toEqual({ events: [second], nextSeq: second.seq, dropped: false });
  expect(ring.after(second.seq)).toEqual({ events: [], nextSeq: second.seq, dropped: false });
  expect(second).toMatchObject({ atMs: 20, balancer: 'lb', upstream: 'kitchen', seq: first.seq + 1 });
});

test('a full ring forgets the oldest, says so to who had not read them, and still counts them', () => {
  const ring = new EventRing('lb', 'kitchen', 3);
  const seqs = Array.from({ length: 5 }, () => ring.add(ejected, 0).seq);
  expect(ring.after(0).events.map((event) => event.seq)).toEqual(seqs.slice(2));
  expect(ring.after(0).dropped).toBe(true);
  expect(ring.after(seqs[1] as number).dropped).toBe(false);
  expect(ring.tally.ejections).toEqual({ t1: 5 });
});

test('decisions are counted by their reason, but for what somebody typed', () => {
  const ring = new EventRing('lb', 'kitchen');
  ring.add(ejected, 0);
  ring.add(refused, 0);
  for (const reason of ['fault f1', 'fault f2']) ring.add({ type: 'zone.shifted', zone: 'az1', untilMs: 0, reason }, 0);
  expect(Object.values(ring.tally.decisions)).toEqual([
    { decision: 'target.ejected', reason: 'stalled', count: 1 },
    { decision: 'retry.refused', reason: 'budget', count: 1 },
    { decision: 'zone.shifted', reason: '', count: 2 },
  ]);
});
