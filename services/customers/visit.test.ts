import type { Dispatcher } from 'undici';
import { beforeEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

let nowMs: number;
let settled: Visit[];
let aborted: number;
const controller = { abort: () => (aborted += 1) } as unknown as Dispatcher.DispatchController;

beforeEach(() => {
  nowMs = 0;
  settled = [];
  aborted = 0;
});

const visit = (kind: 'order' | 'menu' = 'order'): Visit => new Visit(kind, 'balanced', 0, () => nowMs, (one) => settled.push(one));

test('an answer is settled when its last byte is in', () => {
  const order = visit();
  order.onRequestStart(controller);
  nowMs = 80;
  order.onResponseStart(controller, 201, { 'x-az': 'az2', 'x-retried': 'az1', 'server-timing': 'cache;dur=1, oven;dur=79.25;desc="az3"' });
  expect(settled).toEqual([]);
  nowMs = 83;
  order.onResponseEnd();
  expect(settled).toEqual([order]);
  expect(order).toMatchObject({ answeredMs: 83, status: 201, az: 'az2', retried: 'az1', bakeMs: 79.25, bakedIn: 'az3' });
});

test('an answer that breaks off is no answer', () => {
  const order = visit();
  order.onRequestStart(controller);
  order.onResponseStart(controller, 201, { 'x-az': 'az2', 'server-timing': 'oven;dur=79;desc="az2"' });
  order.onResponseError();
  expect(order).toMatchObject({ answeredMs: null, status: null, az: null, bakeMs: null, bakedIn: null });
  expect(settled).toEqual([order]);
});

test('a customer who leaves aborts the request and is settled once, whatever comes after', () => {
  const order = visit();
  order.onRequestStart(controller);
  order.giveUp();
  expect(aborted).toBe(1);
  order.onResponseError();
  order.onResponseEnd();
  order.giveUp();
  expect(settled).toEqual([order]);
  expect(order.answeredMs).toBeNull();
});

test('a customer who left before there was a connection does not send any more', () => {
  const order = visit();
  order.giveUp();
  order.onRequestStart(controller);
  expect(aborted).toBe(1);
  expect(settled).toEqual([order]);
});

test('a menu has no oven time, and an answer without marks has none either', () => {
  const menu = visit('menu');
  menu.onResponseStart(controller, 200, { 'server-timing': 'oven;dur=5;desc="az1"', 'x-az': ['az1', 'az2'] });
  menu.onResponseEnd();
  expect(menu).toMatchObject({ bakeMs: null, bakedIn: null, az: 'az1' });
  const order = visit();
  order.onResponseStart(controller, 503, {});
  order.onResponseEnd();
  expect(order).toMatchObject({ status: 503, az: null, retried: null, bakeMs: null, bakedIn: null });
});

test('a kitchen outside every AZ has an oven time and no place', () => {
  const order = visit();
  order.onResponseStart(controller, 201, { 'server-timing': 'oven;dur=80, cache;desc="az9"' });
  order.onResponseEnd();
  expect(order).toMatchObject({ bakeMs: 80, bakedIn: null });
});
