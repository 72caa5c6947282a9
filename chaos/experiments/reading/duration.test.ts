import { expect, test } from 'vitest';
import { durationMs } from './duration.ts';

test.each([['500ms', 500], ['8s', 8_000], ['1.5s', 1_500], ['3m', 180_000], ['0s', 0]])('%s is %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', '8', '8 s', '-1s', '1e3s', '8h', 's', '1.s', '9999999s'])('"%s" is no time', (text) => {
  expect(durationMs(text)).toBeNaN();
});
