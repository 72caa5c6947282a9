import { expect, test } from 'vitest';
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import { outcomeOf } from './outcome.ts';

const STRICT = { allowInconclusive: false, stopped: false };
const run = (verdict: VerdictState, asExpected = verdict === 'PASS') => ({ verdict, asExpected });

test('the exit code of every verdict that nobody expects is its own', () => {
  const codes = (['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY', 'ERROR'] as const).map((verdict) => EXIT[outcomeOf([run(verdict)], STRICT)]);
  expect(codes).toEqual([0, 1, 3, 4, 5, 6]);
});

test('what a document expects is exit code 0, also a FAIL and an ABORTED', () => {
  expect(outcomeOf([run('FAIL', true), run('FAIL', true)], STRICT)).toBe('PASS');
  expect(outcomeOf([run('ABORTED', true)], STRICT)).toBe('PASS');
});

test('a control arm that passes is a FAIL, and one of several that differs decides', () => {
  expect(outcomeOf([run('PASS', false)], STRICT)).toBe('FAIL');
  expect(outcomeOf([run('FAIL', true), run('INCONCLUSIVE', false)], STRICT)).toBe('INCONCLUSIVE');
});

test('a run that could not tell is accepted when somebody says so, and nothing else is', () => {
  const lenient = { ...STRICT, allowInconclusive: true };
  expect(outcomeOf([run('INCONCLUSIVE'), run('PASS')], lenient)).toBe('PASS');
  expect(outcomeOf([run('INCONCLUSIVE'), run('NOT_READY')], lenient)).toBe('NOT_READY');
});

test('what was stopped is ABORTED, even with every run so far as expected, or none', () => {
  expect(outcomeOf([run('PASS')], { ...STRICT, stopped: true })).toBe('ABORTED');
  expect(outcomeOf([], { ...STRICT, stopped: true })).toBe('ABORTED');
});
