// When broken connections take a target down.
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { newTransportWindow, observeTransport } from './transport-failures.ts';

/** 'x' broke, '.' answered; one every `everyMs`. The index at which the target goes down, or -1. */
function downAt(trace: string, everyMs: number): number {
  const window = newTransportWindow(0);
  return [...trace].findIndex((end, i) => observeTransport(window, end === 'x', i * everyMs, P));
}

test.each([
  ['one broken request proves nothing', 'x........', 10, -1],
  ['two in a row take it down', '..xx', 10, 3],
  ['half of four within a second take it down', '.x.x', 10, 3],
  ['a quarter does not', '...x...x...x', 10, -1],
  ['failures a second apart are not counted together', '.x.x.x.x', 1000, -1],
  ['two in a row count however far apart', 'x.xx', 60_000, 3],
])('%s', (_name, trace, everyMs, at) => {
  expect(downAt(trace, everyMs)).toBe(at);
});
