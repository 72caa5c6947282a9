/** Every route by every method, and what the router answers by itself: transport rules of the protocol. */
import type { Case, Step } from '../case.ts';
import { proxy, toxic } from './steps.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const PATHS = ['/proxies', '/populate', '/reset', '/version', '/metrics', '/proxies/a', '/proxies/a/toxics', '/proxies/a/toxics/t', '/proxies/none', '/proxies/none/toxics', '/proxies/none/toxics/t', '/proxies/a/toxics/none'];
const UNKNOWN_PATHS = ['/', '/nothing', '/proxies/', '/version/', '/reset/', '/populate/', '/proxies/a/', '/proxies/a/toxics/', '/proxies/a/toxics/t/', '/proxies/a/toxics/t/more', '/proxies/a/nothing', '/Proxies', '/PROXIES/a', '/toxics', '/metrics/'];
const CLEANED_PATHS = ['//proxies', '/proxies//a', '/proxies/./a', '/proxies/../version', '/proxies/a//toxics', '//', '/proxies//', '/./version', '/a/../proxies'];
const BROWSERS = ['Mozilla/5.0 (X11)', 'Mozilla/', 'Mozilla', 'mozilla/5.0', 'x Mozilla/5.0', ' Mozilla/5.0', 'MOZILLA/5', 'curl/8', ''];

const one: Step[] = [proxy('a'), toxic('a', 'latency', { latency: 1 }, { name: 't' })];

const byMethod: Case[] = PATHS.map((path) => ({
  name: `every method on ${path}`,
  steps: [...one, ...METHODS.flatMap((method): Step[] => [{ call: `${method} ${path}` }, { call: 'GET /proxies' }])],
}));

const withBody: Case[] = PATHS.map((path) => ({
  name: `every method on ${path} with an empty object`,
  steps: [...one, ...METHODS.filter((method) => method !== 'HEAD').map((method): Step => ({ call: `${method} ${path}`, body: {} })), { call: 'GET /proxies' }],
}));

const BY_ROUTER: Case[] = [
  { name: 'unknown paths and trailing slashes', steps: [...one, ...UNKNOWN_PATHS.flatMap((path): Step[] => [{ call: `GET ${path}` }, { call: `POST ${path}`, body: {} }, { call: `DELETE ${path}` }])] },
  { name: 'paths that are cleaned first', steps: [...one, ...CLEANED_PATHS.flatMap((path): Step[] => [{ call: `GET ${path}` }, { call: `POST ${path}`, body: {} }]), { call: 'GET //proxies?a=1&b=%20' }] },
  { name: 'a query changes nothing', steps: [...one, { call: 'GET /proxies?x=1' }, { call: 'GET /proxies/a?x=%2F' }, { call: 'GET /version?' }] },
  {
    name: 'who calls himself a browser is refused after routing',
    steps: [...one, ...BROWSERS.flatMap((agent): Step[] => ['GET /version', 'GET /proxies', 'DELETE /proxies/none', 'GET /nothing', 'PUT /proxies', 'GET /proxies//a', 'GET /metrics'].map((call) => ({ call, headers: { 'user-agent': agent } })))],
  },
  {
    name: 'names in paths are percent-decoded',
    steps: [
      proxy('a', { name: 'a b' }),
      { call: 'GET /proxies/a%20b' },
      { call: 'GET /proxies/a+b' },
      proxy('b', { name: 'ünï' }),
      { call: 'GET /proxies/%C3%BCn%C3%AF' },
      proxy('c', { name: 'c/d' }),
      { call: 'GET /proxies/c%2Fd' },
      { call: 'GET /proxies/c/d' },
      { call: 'DELETE /proxies/c%2Fd' },
      proxy('d', { name: 'd%41' }),
      { call: 'GET /proxies/d%2541' },
      { call: 'GET /proxies/%64%2541' },
      toxic('a%20b', 'noop', {}, { name: 't u' }),
      { call: 'GET /proxies/a%20b/toxics/t%20u' },
      { call: 'DELETE /proxies/a%20b/toxics/t%20u' },
      proxy('e', { name: '..' }),
      { call: 'GET /proxies/%2e%2e' },
      proxy('f', { name: 'f?g#h' }),
      { call: 'GET /proxies/f%3Fg%23h' },
      proxy('g', { name: '<b>&"\u2028' }),
      { call: 'GET /proxies' },
    ],
  },
  {
    name: 'escapes in paths',
    steps: [...one, ...['/proxies/%61', '/proxies/%2e', '/proxies/%2E%2E/version', '/proxies/a%2F', '/proxies/%2Fa', '/proxies/a%2F%2Fb', '/proxies/a%2Ftoxics', '/proxies/a%2F..%2Fb', '/%70roxies', '/proxies%2Fa', '/proxies/%ff', '/proxies/a%3Fx', '/proxies/a;b', '/proxies/a%00'].flatMap((path): Step[] => [{ call: `GET ${path}` }, { call: `DELETE ${path}` }]), { call: 'GET /proxies' }],
  },
  { name: 'the version', steps: [{ call: 'GET /version' }] },
  { name: 'an empty index', steps: [{ call: 'GET /proxies' }, { call: 'POST /reset' }] },
  {
    name: 'the index is sorted by name',
    steps: [proxy('b'), proxy('a'), proxy('c', { name: 'Z' }), proxy('d', { name: '10' }), proxy('e', { name: '9' }), proxy('f', { name: 'ä' }), { call: 'GET /proxies' }],
  },
];

export const ROUTE_CASES: readonly Case[] = [...byMethod, ...withBody, ...BY_ROUTER];
