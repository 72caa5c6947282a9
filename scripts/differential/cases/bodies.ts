/** What is read out of a body, and what is refused: the parser's leniency and every row of the error table. */
import type { Case, Step } from '../case.ts';
import { proxy, toxic } from './steps.ts';

const NO_JSON = ['', ' ', '{', '}', '{"name":', 'null', 'true', '1', '"a"', '[]', '[1]', '{"name":1}', '{"name":"a","upstream":1}', '{"name":"a","upstream":"<dead>","enabled":"yes"}', '{"name":"a" "upstream":"b"}', "{'name':'a'}", '{"name":"a",}', '\u0000', '{"listen":{}}', '<html>'];
/** A key that comes twice, the second time as null, is left out: JSON itself leaves open what that means. */
const LENIENT = [
  '{"NAME":"a","Upstream":"<echo>","LISTEN":"127.0.0.1:<port a>","eNaBlEd":false}',
  '{"name":"a","upstream":"<echo>","listen":"127.0.0.1:<port a>"} and more',
  '{"name":"a","upstream":"<echo>","listen":"127.0.0.1:<port a>"}{"name":"b"}',
  '  \n{"name":"a","upstream":"<echo>","listen":"127.0.0.1:<port a>","unknown":{"x":[1]},"toxics":[{"type":"noop"}]}',
  '{"name":"a","upstream":"<echo>","listen":"127.0.0.1:<port a>","enabled":null,"toxics":null}',
  '{"name":"a","name":"b","upstream":"<echo>","listen":"127.0.0.1:<port a>"}',
  '{"name":"a","Name":"b","upstream":"<echo>","listen":"127.0.0.1:<port a>"}',
  '{"name":"\\u0061\\ud83d\\ude00","upstream":"<echo>","listen":"127.0.0.1:<port a>"}',
  '{"name":"a","upstream":"<echo>","listen":"127.0.0.1:<port a>","toxics":"no array"}',
];
const TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense', 'multipart/form-data; boundary=x', 'application/json; charset=latin1'];
const LATENCY = [{}, null, [], 'x', 1, { latency: '100' }, { latency: 1.5 }, { latency: -5 }, { latency: null }, { latency: 1e3 }, { latency: true }, { LATENCY: 7, Jitter: 8 }, { latency: 1, other: 2 }, { latency: 9007199254740991 }];
const TOXICITIES = [5, -1, 0, 1, 0.5, 0.25, null, '1', true, {}, 1e10];
const STREAMS = ['upstream', 'downstream', 'UpStream', 'DOWNSTREAM', '', ' upstream', 'sideways', null, 1, true];
const TYPE_NAMES = ['latency', 'bandwidth', 'slow_close', 'timeout', 'reset_peer', 'slicer', 'limit_data', 'noop', 'down', 'packet_loss', 'Latency', 'LATENCY', '', 'nothing', 'toString', '__proto__', null, 1];

const afresh: Step[] = [{ call: 'DELETE /proxies/a', statusOnly: true }, { call: 'DELETE /proxies/b', statusOnly: true }];

const ON_CREATE: Case[] = [
  { name: 'bodies that are no proxy', steps: NO_JSON.flatMap((body): Step[] => [{ call: 'POST /proxies', body }, { call: 'GET /proxies' }]) },
  { name: 'a body is read leniently', steps: LENIENT.flatMap((body): Step[] => [{ call: 'POST /proxies', body }, { call: 'GET /proxies' }, ...afresh]) },
  { name: 'the content type of a request says nothing', steps: TYPES.flatMap((type): Step[] => [{ ...proxy('a'), headers: { 'content-type': type } }, { call: 'DELETE /proxies/a', headers: { 'content-type': type } }, { call: 'POST /reset', body: '', headers: { 'content-type': type } }]) },
  {
    name: 'what a new proxy needs, in order',
    steps: [
      { call: 'POST /proxies', body: {} },
      { call: 'POST /proxies', body: { upstream: '<echo>' } },
      { call: 'POST /proxies', body: { name: 'a' } },
      { call: 'POST /proxies', body: { name: '', upstream: '' } },
      { call: 'POST /proxies', body: { name: 'a', upstream: '' } },
      { call: 'POST /proxies', body: { name: null, upstream: null } },
      proxy('a'),
      proxy('a'),
      { call: 'POST /proxies', body: { name: 'a', listen: '127.0.0.1:<port taken>', upstream: '<echo>' } },
      { call: 'POST /proxies', body: { name: 'a', upstream: '' } },
      { call: 'GET /proxies' },
    ],
  },
  {
    name: 'addresses on which nobody can listen',
    steps: ['127.0.0.1:<port taken>', 'localhost:<port taken>', 'nowhere', '127.0.0.1', '127.0.0.1:99999', '127.0.0.1:-1', '127.0.0.1:http-nothing', 'nosuch.invalid:22599', '192.0.2.1:22599', ':::1', '[::1', 'a:b:c', '127.0.0.1:'].flatMap((listen): Step[] => [
      { call: 'POST /proxies', body: { name: 'a', listen, upstream: '<echo>' } },
      { call: 'GET /proxies' },
      { call: 'DELETE /proxies/a', statusOnly: true },
    ]),
  },
  { name: 'an upstream is not looked at', steps: ['nosuch.invalid:80', 'nonsense', '127.0.0.1:99999', ':', '<dead>'].flatMap((upstream): Step[] => [proxy('a', { upstream }), { call: 'GET /proxies' }, { call: 'DELETE /proxies/a' }]) },
];

const ON_UPDATE: Case[] = [
  ...['POST', 'PATCH'].map((method): Case => ({
    name: `bodies of a proxy's update by ${method}`,
    steps: [...NO_JSON, '{"name":"z"}', '{"toxics":[{"type":"noop"}]}', '{"enabled":null,"listen":null,"upstream":null}', '{"ENABLED":false} x', '{"listen":""}', '{"upstream":""}'].flatMap((body): Step[] => [
      proxy('a'),
      { call: `${method} /proxies/a`, body },
      { call: 'GET /proxies' },
      ...afresh,
    ]),
  })),
  { name: 'unknown proxies and toxics', steps: ['GET', 'POST', 'PATCH', 'DELETE'].flatMap((method): Step[] => [proxy('a'), ...['/proxies/none', '/proxies/none/toxics/t', '/proxies/a/toxics/t', '/proxies/A'].flatMap((path): Step[] => ['', '{', '{}'].map((body) => ({ call: `${method} ${path}`, body })))]) },
];

const ON_TOXICS: Case[] = [
  { name: 'bodies that are no toxic', steps: [proxy('a'), ...NO_JSON.flatMap((body): Step[] => [{ call: 'POST /proxies/a/toxics', body }, { call: 'GET /proxies/a' }])] },
  { name: 'types of toxics', steps: [proxy('a'), ...TYPE_NAMES.map((type): Step => ({ call: 'POST /proxies/a/toxics', body: { type } })), { call: 'GET /proxies/a' }, { call: 'GET /proxies/a/toxics' }] },
  { name: 'attributes of a toxic', steps: [proxy('a'), ...LATENCY.flatMap((attributes): Step[] => [toxic('a', 'latency', attributes), { call: 'GET /proxies/a/toxics' }, { call: 'DELETE /proxies/a/toxics/latency_downstream', statusOnly: true }])] },
  { name: 'toxicities', steps: [proxy('a'), ...TOXICITIES.flatMap((toxicity): Step[] => [toxic('a', 'noop', {}, { toxicity }), { call: 'GET /proxies/a/toxics/noop_downstream' }, { call: 'DELETE /proxies/a/toxics/noop_downstream', statusOnly: true }])] },
  { name: 'streams', steps: [proxy('a'), ...STREAMS.flatMap((stream, i): Step[] => [toxic('a', 'noop', {}, { stream }), toxic('a', 'noop', {}, { stream, name: `n${i}` })]), { call: 'GET /proxies/a' }] },
  {
    name: 'names of toxics are unique across both directions',
    steps: [
      proxy('a'),
      toxic('a', 'noop', {}, { name: 't', stream: 'upstream' }),
      toxic('a', 'noop', {}, { name: 't', stream: 'downstream' }),
      toxic('a', 'latency', {}, { name: 't' }),
      toxic('a', 'noop', {}, { name: 'T' }),
      toxic('a', 'noop', {}, { stream: 'upstream' }),
      toxic('a', 'noop', {}, { stream: 'downstream' }),
      toxic('a', 'noop', {}, { stream: 'upstream' }),
      toxic('a', 'noop', {}, { name: '' }),
      toxic('a', 'noop', {}, { name: null, stream: 'UPSTREAM' }),
      toxic('a', 'noop', {}, { name: 1 }),
      toxic('a', 'noop', {}, { name: 'x y/z' }),
      { call: 'GET /proxies/a' },
      { call: 'GET /proxies/a/toxics/x%20y%2Fz' },
    ],
  },
  {
    name: 'the order in which a new toxic is checked',
    steps: [
      toxic('none', 'nothing', { latency: 'x' }, { stream: 'sideways' }),
      { call: 'POST /proxies/none/toxics', body: '{' },
      proxy('a'),
      toxic('a', 'nothing', { latency: 'x' }, { stream: 'sideways' }),
      toxic('a', 'nothing', { latency: 'x' }),
      toxic('a', 'latency', {}),
      toxic('a', 'latency', { latency: 'x' }),
      toxic('a', 'latency', { latency: 'x' }, { name: 'other' }),
      toxic('a', 'nothing', {}, { name: 'latency_downstream' }),
      { call: 'GET /proxies/a' },
    ],
  },
  { name: 'a new toxic is read leniently', steps: [proxy('a'), ...['{"TYPE":"latency","Stream":"upstream","ATTRIBUTES":{"latency":3},"Toxicity":0.5,"NAME":"x"}', '{"type":"noop"} more', '{"type":"noop","name":"z","attributes":{"a":"b"},"unknown":1}', '{"type":"latency","name":"y","attributes":{"latency":1,"LATENCY":2}}'].map((body): Step => ({ call: 'POST /proxies/a/toxics', body })), { call: 'GET /proxies/a' }] },
];

export const BODY_CASES: readonly Case[] = [...ON_CREATE, ...ON_UPDATE, ...ON_TOXICS];
