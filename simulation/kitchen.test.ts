import { beforeEach, expect, test } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { Kitchen, type BakedKeys } from './kitchen.ts';
import { Network, type Call } from './network.ts';
import { Node } from './node.ts';
import { VirtualTime } from './virtual-time.ts';

let time: VirtualTime;
let network: Network;
let caller: Node;
let kitchenNode: Node;
let kitchen: Kitchen;
let baked: BakedKeys;
let answers: string[];

/** Two ovens and bakes of (almost) exactly 100 ms. */
beforeEach(() => {
  time = new VirtualTime();
  network = new Network(time, createRandom(1), { hopMs: 0, hopJitterMs: 0, betweenZonesMs: 0 });
  baked = new Map();
  answers = [];
  caller = new Node(time, { name: 'caller', az: null, dc: null }, () => ({ handle: () => {}, load: () => null, firstAttempts: () => null }));
  kitchenNode = new Node(time, { name: 'kitchen', az: 'az1', dc: null }, (node, listen) => {
    listen();
    kitchen = new Kitchen(node, { ovens: 2, bakeMeanMs: 100, bakeCv: 1e-6 }, createRandom(2), baked);
    return kitchen;
  });
  caller.start(0);
  kitchenNode.start(0);
  time.runUntil(1);
});

function order(key: string, budgetMs: number | null = 1000): Call {
  return network.call(caller, kitchenNode, { kind: 'order', key, budgetMs, replayable: true, avoidZone: null }, {
    written: () => {},
    replied: (reply) => answers.push(`${Math.round(time.nowMs)} ${key} ${reply.status} ${reply.error ?? ''}`.trim()),
    failed: () => answers.push(`${key} failed`),
  });
}

test('two ovens bake two orders at a time, the rest in the order of arrival', () => {
  for (const key of ['a', 'b', 'c', 'd', 'e']) order(key);
  time.runUntil(50);
  expect(kitchen.load()).toEqual({ busy: 2, waiting: 3, limit: 2 });
  time.runUntil(1000);
  expect([...answers].sort()).toEqual(['101 a 201', '101 b 201', '201 c 201', '201 d 201', '301 e 201']);
});

test('an order whose queue wait alone exceeds its deadline is refused at once', () => {
  for (const key of ['a', 'b', 'c', 'd']) order(key);
  order('hopeless', 100);
  time.runUntil(5);
  expect(answers).toEqual(['1 hopeless 503 AZ_OVENS_FULL']);
});

test('an order whose deadline passed while it waited is not baked', () => {
  for (const key of ['a', 'b', 'c']) order(key, 99);
  time.runUntil(1000);
  expect([...answers].sort()).toEqual(['101 a 201', '101 b 201', '101 c 504 AZ_DEADLINE']);
  expect(baked.has('c')).toBe(false);
});

test('an order whose caller left is dropped from the queue, but not out of an oven', () => {
  const inOven = order('a');
  order('b');
  const inQueue = order('c');
  time.runUntil(50);
  inOven.abort();
  inQueue.abort();
  time.runUntil(1000);
  expect(answers).toEqual(['101 b 201']);
  expect([...baked.keys()].sort()).toEqual(['a', 'b']);
});

test('a key that comes again is answered by the bake it already has', () => {
  order('a');
  time.runUntil(50);
  order('a');
  time.runUntil(200);
  order('a');
  time.runUntil(300);
  expect(answers).toEqual(['101 a 201', '101 a 201', '200 a 201']);
  expect(baked.get('a')).toBe(1);
});
