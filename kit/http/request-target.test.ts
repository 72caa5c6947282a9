import { describe, expect, test } from 'vitest';
import { readTarget } from './request-target.ts';

describe('a request target is read', () => {
  test.each([
    ['GET', '/', { path: '/', authority: null }],
    ['GET', '/a?b=c&d=%00', { path: '/a?b=c&d=%00', authority: null }],
    ['GET', '//a//b', { path: '//a//b', authority: null }],
    ['GET', '/a|b"c', { path: '/a|b"c', authority: null }],
    ['GET', 'http://a', { path: '/', authority: 'a' }],
    ['GET', 'HTTP://A:80/b?c', { path: '/b?c', authority: 'A:80' }],
    ['GET', 'http://a?b', { path: '/?b', authority: 'a' }],
    ['OPTIONS', '*', { path: '*', authority: null }],
    ['OPTIONS', 'http://a', { path: '*', authority: 'a' }],
  ])('%s %s', (method, target, expected) => expect(readTarget(method, target)).toEqual(expected));
});

describe('a request target is refused', () => {
  test.each(['', 'a', '*', '/a b', '/a#b', '/a\0', '/\u007f', '/\u00e9', '/\ud83c', 'https://a/', 'ftp://a/', 'http://', 'http:///a', 'http://u@a/', 'http://a b/', 'a:80'])(
    'GET %j',
    (target) => expect(readTarget('GET', target)).toBeNull(),
  );
});
