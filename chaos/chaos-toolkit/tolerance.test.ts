import { describe, expect, test } from 'vitest';
import type { Tolerance } from './experiment.ts';
import { findByPath, parseJsonPath } from './json-path.ts';
import { isWithin } from './tolerance.ts';

const answer = (body: unknown, status = 200): unknown => ({ status, headers: {}, body });
const summary = '{"orders":{"offered":1500,"failed":0},"zones":[{"name":"az1","up":true},{"name":"az2","up":false}]}';

describe('a tolerance', () => {
  test.each<[string, Tolerance, unknown, boolean]>([
    ['a number against a status', 200, answer(''), true],
    ['a number against another status', 200, answer('', 503), false],
    ['a number against a number', 3, 3, true],
    ['true against true', true, true, true],
    ['true against a text', true, 'true', false],
    ['a text against itself', 'up', 'up', true],
    ['a text against an answer', 'up', answer('up'), false],
    ['a range, at its end', [1, 5], 5, true],
    ['a range, beyond its end', [1, 5], 5.1, false],
    ['two statuses, which are no range', [200, 404], answer('', 300), false],
    ['two statuses, the second', [200, 404], answer('', 404), true],
    ['a set', ['up', 'returning', 'new'], 'returning', true],
    ['a set, not in it', ['up', 'returning', 'new'], 'down', false],
    ['a regex in the body', { type: 'regex', target: 'body', pattern: '"failed":0[,}]' }, answer(summary), true],
    ['a regex not in the body', { type: 'regex', target: 'body', pattern: '"failed":[1-9]' }, answer(summary), false],
    ['a regex in a body that is JSON', { type: 'regex', target: 'body', pattern: '"a":1' }, answer({ a: 1 }), true],
    ['a regex of a whole printed line', { type: 'regex', target: 'stdout', pattern: '^up$' }, { status: 0, stdout: 'up\n', stderr: '' }, true],
    ['a regex of one line where two were printed', { type: 'regex', target: 'stdout', pattern: '^up$' }, { status: 0, stdout: 'up\nup\n', stderr: '' }, false],
    ['a range of a printed number', { type: 'range', target: 'stdout', range: [0, 0.5] }, { status: 0, stdout: '0.25\n', stderr: '' }, true],
    ['a range of nothing', { type: 'range', target: 'stdout', range: [0, 1] }, { status: 0, stdout: '', stderr: '' }, false],
    ['a path that finds what is expected', { type: 'jsonpath', target: 'body', path: '$.orders.failed', expect: 0 }, answer(summary), true],
    ['a path that finds something else', { type: 'jsonpath', target: 'body', path: '$.orders.failed', expect: 1 }, answer(summary), false],
    ['a path that finds several', { type: 'jsonpath', target: 'body', path: '$.zones[*].up', expect: [true, false] }, answer(summary), true],
    ['a path that finds too few', { type: 'jsonpath', target: 'body', path: '$.zones[*]', count: 3 }, answer(summary), false],
    ['a path in a text that is no JSON', { type: 'jsonpath', target: 'body', path: '$.orders' }, answer('<html>'), false],
  ])('%s', (_what, tolerance, output, within) => {
    expect(isWithin(tolerance, output)).toBe(within);
  });
});

/** Variables are filled in only when a probe has been made. */
test.each<[string, unknown]>([
  ['nothing', null], ['what is no value', undefined], ['a pattern that is none', { type: 'regex', pattern: '(' }], ['a pattern that is no text', { type: 'regex', pattern: null }],
  ['a range without ends', { type: 'range' }], ['a range that is no list', { type: 'range', range: 3 }], ['a path that is no text', { type: 'jsonpath', path: 5 }], ['a type that is none', { type: 'probe' }],
])('a tolerance that a variable made %s holds nothing, and does not throw', (_what, tolerance) => {
  expect([null, 0, '', answer('(')].map((output) => isWithin(tolerance as Tolerance, output))).toEqual([false, false, false, false]);
});

describe('a path', () => {
  test.each(['orders', '$..failed', '$[?(@.up)]', '$[0:2]', '$.', '$[]', "$['a"])('that is not understood is none: %s', (path) => {
    expect(parseJsonPath(path)).toBeNull();
  });

  test('takes names in brackets, indices from the end, and everything', () => {
    const value = { 'a b': [{ c: 1 }, { c: 2 }, 3] };
    const find = (path: string): unknown[] => findByPath(parseJsonPath(path) ?? [], value);
    expect([find("$['a b'][-1]"), find('$.*[*].c'), find('$["a b"][7]'), find('$')]).toEqual([[3], [1, 2], [], [value]]);
  });

  test('finds nothing that an object only inherits', () => {
    expect(findByPath(parseJsonPath('$.constructor') ?? [], {})).toEqual([]);
  });
});
