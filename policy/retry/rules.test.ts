// Which failed requests may be sent again at all.
import { expect, test } from 'vitest';
import { refuseResend } from './rules.ts';

const post = { replayable: false, held: true, written: true, committed: false, resent: false };

test.each([
  ['an idempotent or keyed request', { ...post, replayable: true }, null],
  ['a plain POST of which not a byte went out', { ...post, written: false }, null],
  ['a plain POST that went out', post, 'not-replayable'],
  ['a body that streamed away, although nothing was written', { ...post, held: false, written: false }, 'not-replayable'],
  ['what was sent again before', { ...post, replayable: true, resent: true }, 'resent-before'],
  ['what the caller has seen part of', { ...post, replayable: true, committed: true }, 'committed'],
])('%s: %s', (_name, attempt, refusal) => {
  expect(refuseResend(attempt)).toBe(refusal);
});
