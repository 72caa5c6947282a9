import { expect, test } from 'vitest';
import { EXIT, type VerdictState } from '#contracts/exit-codes.ts';
import { outcomeOf, verdictStateOf } from './outcome.ts';

const STRICT = { allowInconclusive: false };
const ended = (...runs: { verdict: VerdictState; asExpected: boolean }[]) => ({ runs, notRun: [] });
const run = (verdict: VerdictState, asExpected = verdict === 'PASS') => ({ verdict, asExpected });

test('the exit code of every verdict that nobody expects is its own', () => {
  const codes = (['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY', 'ERROR'] as const).map((verdict) => EXIT[outcomeOf(ended(run(verdict)), STRICT)]);
  expect(codes).toEqual([0, 1, 3, 4, 5, 6]);
});

test('what a document expects is exit code 0, also a FAIL and an ABORTED', () => {
  expect(outcomeOf(ended(run('FAIL', true), run('FAIL', true)), STRICT)).toBe('PASS');
  expect(outcomeOf(ended(run('ABORTED', true)), STRICT)).toBe('PASS');
});

test('a control arm that passes is a FAIL, and one of several that differs decides', () => {
  expect(outcomeOf(ended(run('PASS', false)), STRICT)).toBe('FAIL');
  expect(outcomeOf(ended(run('FAIL', true), run('INCONCLUSIVE', false)), STRICT)).toBe('INCONCLUSIVE');
});

test('a run that could not tell is accepted when somebody says so, and nothing else is', () => {
  const lenient = { allowInconclusive: true };
  expect(outcomeOf(ended(run('INCONCLUSIVE'), run('PASS')), lenient)).toBe('PASS');
  expect(outcomeOf(ended(run('INCONCLUSIVE'), run('NOT_READY')), lenient)).toBe('NOT_READY');
});

test('runs that were not come to are ABORTED, even with every run so far as expected, or none', () => {
  for (const runs of [[run('PASS')], [run('FAIL', true)], []]) expect(outcomeOf({ runs, notRun: ['az3'] }, STRICT)).toBe('ABORTED');
  expect(verdictStateOf({ runs: [run('PASS')], notRun: ['az3'] })).toBe('ABORTED');
});

test('a verdict is called what came out, whatever was expected', () => {
  expect(verdictStateOf(ended(run('FAIL', true), run('PASS')))).toBe('FAIL');
  expect(verdictStateOf(ended(run('PASS', false)))).toBe('PASS');
});
