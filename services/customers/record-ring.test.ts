import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordRing, type SettledRequest } from './record-ring.ts';

const time = fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true });
const zone = fc.option(fc.constantFrom('az1', 'az2', 'az3'));
const request: fc.Arbitrary<SettledRequest> = fc.record({
  kind: fc.constantFrom('order', 'menu'),
  arm: fc.constantFrom('balanced', 'bare'),
  intendedMs: time,
  sentMs: time,
  answeredMs: fc.option(time),
  status: fc.option(fc.integer({ min: 100, max: 599 })),
  az: zone,
  retried: zone,
  bakeMs: fc.option(fc.double({ min: 0, max: 5000, noNaN: true })),
  bakedIn: zone,
});

test('records come back as they were written, numbered in that order, and only the last are kept', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 50 }), fc.integer({ min: 1, max: 30 }), (requests, capacity) => {
      const ring = new RecordRing(capacity);
      for (const one of requests) ring.add(one);
      expect(ring.lastSeq).toBe(requests.length);
      expect(ring.firstSeq).toBe(Math.max(1, requests.length - capacity + 1));
      requests.forEach((one, i) => expect(ring.get(i + 1)).toEqual(i + 1 < ring.firstSeq ? null : { seq: i + 1, ...one }));
      expect(ring.get(requests.length + 1)).toBeNull();
    }),
  );
});

test('zone names of a foreign program cannot fill the memory', () => {
  const ring = new RecordRing(1000);
  const foreign: SettledRequest = { kind: 'menu', arm: 'bare', intendedMs: 1, sentMs: 1, answeredMs: 2, status: 200, az: '', retried: null, bakeMs: null, bakedIn: null };
  for (let i = 0; i < 600; i += 1) ring.add({ ...foreign, az: `zone-${i}` });
  expect(ring.get(10)?.az).toBe('zone-9');
  expect(ring.get(600)?.az).toBeNull();
});
