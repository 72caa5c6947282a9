import { expect, test } from 'vitest';
import { LagMeter } from './event-loop-lag.ts';

test('a loop that keeps its time has no lag', () => {
  const meter = new LagMeter(0);
  for (let at = 50; at <= 2000; at += 50) meter.tick(at);
  expect(meter.worstMs(2000)).toBe(0);
});

test('the worst delay is remembered for a second', () => {
  const meter = new LagMeter(0);
  meter.tick(250);
  for (let at = 300; at <= 1250; at += 50) {
    meter.tick(at);
    expect(meter.worstMs(at)).toBe(200);
  }
  meter.tick(1300);
  expect(meter.worstMs(1300)).toBe(0);
});

test('a thawed process confesses before its own timer has run', () => {
  const meter = new LagMeter(0);
  expect(meter.worstMs(5000)).toBe(4950);
  meter.tick(5000);
  expect(meter.worstMs(5001)).toBe(4950);
});
