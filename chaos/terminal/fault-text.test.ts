import { expect, it } from 'vitest';
import type { FaultDetail, FaultVerb } from '#contracts/faults.ts';
import { terminalFaultText } from './fault-text.ts';

it.each<[text: string, verb: FaultVerb, detail: FaultDetail]>([
  ['kill az1', 'kill', {}],
  ['isolate az1', 'isolate', {}],
  ['kill az1 silent', 'kill', { silent: true }],
  ['slow az1 +400 ms ±50', 'slow', { latencyMs: 400, jitterMs: 50 }],
  ['slow az1 +400 ms', 'slow', { latencyMs: 400, jitterMs: 0 }],
  ['cut az1 ↔ az2', 'cut', { peer: 'az2' }],
  ['cut az1 → az2, refused', 'cut', { peer: 'az2', oneWay: true, refuse: true }],
  ['flaky az1 30 %', 'flaky', { share: 0.3 }],
  ['fail az1 50 % 503', 'fail', { rate: 0.5, status: 503 }],
  ['fail az1 1.0 % 500 after work kitchen', 'fail', { rate: 0.01, status: 500, afterWork: true, service: 'kitchen' }],
  ['lag az1 +200 ms ±50', 'lag', { latencyMs: 200, jitterMs: 50 }],
  ['lie az1 well', 'lie', { health: 'well' }],
])('a fault is said as %s', (text, verb, detail) => {
  expect(terminalFaultText({ verb, target: 'az1', detail })).toBe(text);
});
