/** Proxies from creation to deletion, populate and reset: what changes, what stays, who is cut off. */
import type { Case, Step } from '../case.ts';
import { client, echo, proxy, toxic } from './steps.ts';

const index: Step = { call: 'GET /proxies' };
const update = (body: unknown): Step => ({ call: 'POST /proxies/a', body });
const populate = (...entries: unknown[]): Step => ({ call: 'POST /populate', body: entries });
const entry = (name: string, more: Readonly<Record<string, unknown>> = {}): unknown => ({ name, listen: `127.0.0.1:<port ${name}>`, upstream: '<echo>', ...more });

const PROXIES: Case[] = [
  {
    name: 'listen is what was bound',
    steps: [
      ...['localhost:<port a>', '127.0.0.1:0', 'localhost:0', '', ':0', '0.0.0.0:0', '[::]:0', '[::1]:0', ':<port a>', '0.0.0.0:<port a>', '127.0.0.2:<port a>'].flatMap((listen): Step[] => [{ call: 'POST /proxies', body: { name: 'a', listen, upstream: '<echo>' } }, index, { call: 'DELETE /proxies/a' }]),
      { call: 'POST /proxies', body: { name: 'a', listen: null, upstream: '<echo>' } },
      { call: 'POST /proxies', body: { name: 'b', upstream: '<echo>' } },
    ],
  },
  {
    name: 'a proxy created disabled keeps its listen to the letter and binds nothing',
    steps: [
      ...['localhost:<port a>', '', 'nonsense', ':0', '127.0.0.1:<port taken>'].flatMap((listen): Step[] => [{ call: 'POST /proxies', body: { name: 'a', listen, upstream: '<echo>', enabled: false } }, index, { call: 'DELETE /proxies/a' }]),
      { call: 'POST /proxies', body: { name: 'a', listen: 'localhost:<port a>', upstream: '<echo>', enabled: false } },
      client('a'),
      update({ enabled: true }),
      client('a'),
      ...echo('a'),
      update({ enabled: false }),
      { ends: 'a', betweenMs: [0, 1000] },
      client('a'),
      index,
    ],
  },
  {
    name: 'disable closes what is open and refuses what comes, and enable takes the port again',
    steps: [proxy('a'), toxic('a', 'noop', {}), client('a'), ...echo('a'), update({ enabled: false }), { ends: 'a' }, { upstream: 'echo', ends: true }, client('a'), update({ enabled: false }), index, update({ enabled: true }), index, client('a'), ...echo('a'), update({ enabled: true }), ...echo('a')],
  },
  {
    name: 'a proxy on a chosen port keeps it while it is disabled',
    steps: [{ call: 'POST /proxies', body: { name: 'a', listen: '127.0.0.1:0', upstream: '<echo>' } }, update({ enabled: false }), update({ enabled: true }), { connect: 'a', to: '127.0.0.1:<chosen 1>' }, ...echo('a')],
  },
  {
    name: 'delete closes what is open and frees name and port',
    steps: [proxy('a'), client('a'), ...echo('a'), { call: 'DELETE /proxies/a' }, { ends: 'a' }, client('a'), { call: 'DELETE /proxies/a' }, { call: 'POST /proxies', body: { name: 'b', listen: '127.0.0.1:<port a>', upstream: '<echo>' } }, client('a'), ...echo('a')],
  },
  {
    name: 'an update that changes nothing leaves connections alone',
    steps: [proxy('a'), client('a'), ...echo('a'), ...[{}, { enabled: true }, { listen: '127.0.0.1:<port a>' }, { listen: 'localhost:<port a>', upstream: '<echo>' }, { upstream: '<echo>' }, { name: 'b' }].flatMap((body): Step[] => [update(body), ...echo('a')]), index],
  },
  {
    name: 'an update of the upstream restarts the proxy and keeps its toxics',
    steps: [proxy('a'), toxic('a', 'noop', {}), client('a'), ...echo('a'), update({ upstream: '<greet>' }), { ends: 'a' }, client('a'), { receives: 'a', bytes: 5 }, index],
  },
  {
    name: 'an update of the listen moves the proxy',
    steps: [proxy('a'), toxic('a', 'noop', {}), client('a'), ...echo('a'), update({ listen: '127.0.0.1:<port b>' }), { ends: 'a' }, client('a'), { connect: 'b', to: '127.0.0.1:<port b>' }, ...echo('b'), index, update({ listen: '127.0.0.1:0' }), { ends: 'b' }, index],
  },
  {
    name: 'a disabled proxy stores what it is told',
    steps: [proxy('a', { enabled: false }), update({ listen: 'localhost:<port b>' }), update({ upstream: '<greet>' }), update({ listen: '127.0.0.1:<port b>', upstream: '<greet>' }), index, update({ enabled: true }), { connect: 'b', to: '127.0.0.1:<port b>' }, { receives: 'b', bytes: 5 }, index],
  },
  {
    name: 'a disabled proxy that cannot be enabled says so and can be mended',
    steps: [{ call: 'POST /proxies', body: { name: 'a', listen: '127.0.0.1:<port taken>', upstream: '<echo>', enabled: false } }, update({ enabled: true }), index, update({ enabled: true, listen: '127.0.0.1:<port a>' }), client('a'), ...echo('a'), index],
  },
  {
    name: 'two disabled proxies on one port, of which the second cannot be enabled',
    steps: [proxy('a', { enabled: false }), { call: 'POST /proxies', body: { name: 'b', listen: '127.0.0.1:<port a>', upstream: '<greet>', enabled: false } }, update({ enabled: true }), { call: 'POST /proxies/b', body: { enabled: true } }, client('a'), ...echo('a'), index],
  },
];

const POPULATE: Case[] = [
  { name: 'bodies that are no list', steps: ['', '{', '{}', 'null', '1', '"a"', '[1]', '[null]', '[[]]', '[{"name":1}]', '[{}]', '[] more', '[{"name":"a","upstream":"<echo>","listen":"127.0.0.1:<port a>"}] more'].flatMap((body): Step[] => [{ call: 'POST /populate', body }, index]) },
  { name: 'an empty list', steps: [proxy('a'), populate(), index] },
  { name: 'all are checked before any is made', steps: [populate(entry('a'), { name: 'b' }), populate(entry('a'), { upstream: '<echo>' }), populate(entry('a'), entry('b', { name: '' }), {}), populate({}, entry('a')), index] },
  { name: 'two in order, one of them disabled', steps: [populate(entry('b'), entry('a', { enabled: false }), entry('c', { enabled: null, toxics: [{ type: 'noop' }] })), index, client('b'), ...echo('b'), client('a'), toxic('b', 'latency', { latency: 5 }), index] },
  { name: 'what matches stays untouched, enabled or not', steps: [proxy('a'), toxic('a', 'noop', {}), client('a'), ...echo('a'), populate(entry('a', { enabled: false })), ...echo('a'), populate(entry('a', { listen: 'localhost:<port a>' })), ...echo('a'), update({ enabled: false }), populate(entry('a', { enabled: true })), index] },
  { name: 'what differs is replaced without its toxics', steps: [proxy('a'), toxic('a', 'noop', {}), client('a'), ...echo('a'), populate(entry('a', { upstream: '<greet>' })), { ends: 'a' }, client('a'), { receives: 'a', bytes: 5 }, index, populate(entry('a', { upstream: '<greet>', listen: '127.0.0.1:<port b>' })), index, populate(entry('a', { enabled: false })), index] },
  { name: 'port 0 never matches', steps: [populate(entry('a', { listen: '127.0.0.1:0' })), populate(entry('a', { listen: '127.0.0.1:0' })), index] },
  { name: 'the first failure stops it and keeps what was made', steps: [populate(entry('a'), entry('b', { listen: '127.0.0.1:<port taken>' }), entry('c')), index, populate(entry('d', { listen: 'nowhere' })), index, populate(entry('e'), entry('f', { listen: '127.0.0.1:99999' }), entry('g')), index] },
  { name: 'one name twice in a list', steps: [populate(entry('a'), entry('a', { upstream: '<greet>' })), index, populate(entry('b'), entry('b')), index] },
  { name: 'a body of populate is read leniently', steps: [{ call: 'POST /populate', body: '[{"NAME":"a","UPSTREAM":"<echo>","LISTEN":"127.0.0.1:<port a>","x":1}]', headers: { 'content-type': 'text/plain' } }, index] },
];

const RESET: Case[] = [
  { name: 'reset enables what is disabled and removes toxics', steps: [proxy('a'), proxy('b', { enabled: false }), toxic('a', 'latency', { latency: 1 }), toxic('a', 'noop', {}, { stream: 'upstream' }), toxic('b', 'noop', {}), client('a'), ...echo('a'), { call: 'POST /reset' }, ...echo('a'), index, client('b'), ...echo('b'), { call: 'POST /reset', body: '{', headers: { 'content-type': 'application/json' } }, { call: 'POST /reset', body: 'x' }] },
  { name: 'reset that cannot start the only proxy', steps: [{ call: 'POST /proxies', body: { name: 'a', listen: '127.0.0.1:<port taken>', upstream: '<echo>', enabled: false } }, { call: 'POST /reset' }, index] },
];

export const LIFE_CYCLE_CASES: readonly Case[] = [...PROXIES, ...POPULATE, ...RESET];
