import { expect, test } from 'vitest';
import { canonicalTarget, cleanTarget, pathOf } from './request-path.ts';

test.each([
  ['/proxies', '/proxies'], ['/%70roxies?a=%2F', '/proxies?a=%2F'], ['/proxies/a%20b', '/proxies/a%20b'], ['/proxies/a%2Fb', '/proxies/a/b'],
  ['/proxies/%C3%A4', '/proxies/%C3%A4'], ['/proxies/%ff', '/proxies/%EF%BF%BD'], ['/proxies/100%25', '/proxies/100%25'], ['/proxies/a%3Fb', '/proxies/a%3Fb'],
  ['http://127.0.0.1:8474/version', '/version'], ['/proxies/%zz', '/proxies/%zz'], ['/proxies/%', '/proxies/%'],
])('%s is %s to the router', (target, canonical) => {
  expect(canonicalTarget(target)).toBe(canonical);
});

test('a path is what its escapes mean', () => {
  expect(pathOf('/proxies/a%20b?c=d')).toBe('/proxies/a b');
});

test.each([
  ['/proxies', null], ['/proxies/', null], ['/', null], ['//proxies', '/proxies'], ['/proxies//a?b=//c', '/proxies/a?b=//c'], ['/proxies/.', '/proxies'], ['/proxies/..', '/'],
  ['/proxies/a%20b//', '/proxies/a%20b/'], ['/proxies//a%3Fb', '/proxies/a%3Fb'], ['/proxies//(a)', '/proxies/%28a%29'],
])('%s is sent on to %s', (target, location) => {
  expect(cleanTarget(target)).toBe(location);
});
