// Which answers of 5xx are no answer but a hop that found nobody.
import { expect, test } from 'vitest';
import { gaveUp } from './gave-up.ts';

test.each([
  ['AZ_NO_TARGET', 'unsent'],
  ['AZ_ATTEMPT_FAILED', 'sent'],
  ['AZ_RETRY_FAILED', 'sent'],
  ['AZ_OVENS_FULL', null],
  ['AZ_DEADLINE', null],
  ['AZ_TRY_TIMEOUT', null],
  ['AZ_INTERNAL', null],
  [undefined, null],
  [['AZ_NO_TARGET', 'AZ_NO_TARGET'], null],
])('%s: %s', (code, expected) => {
  expect(gaveUp(code)).toBe(expected);
});
