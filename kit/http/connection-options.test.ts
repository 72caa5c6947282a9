import { expect, test } from 'vitest';
import { isHopByHop, namedFields } from './connection-options.ts';

test('Connection takes away what it names', () => {
  expect(namedFields('close, X-One,x-two ,, keep-alive')).toEqual(new Set(['x-one', 'x-two']));
});

test('nothing named is nothing allocated', () => {
  expect(namedFields('keep-alive')).toBeNull();
  expect(namedFields('close')).toBeNull();
  expect(namedFields('Keep-Alive, Upgrade')).toBeNull();
});

test.each(['host', 'content-length', 'authorization', 'cookie', 'x-forwarded-for', 'x-request-id', 'idempotency-key', 'cache-control', 'x-deadline-ms'])(
  'Connection cannot take away %s',
  (name) => expect(namedFields(name)).toBeNull(),
);

test('transfer-encoding and trailer end at this hop, content-length does not', () => {
  expect(isHopByHop('transfer-encoding')).toBe(true);
  expect(isHopByHop('trailer')).toBe(true);
  expect(isHopByHop('content-length')).toBe(false);
});
