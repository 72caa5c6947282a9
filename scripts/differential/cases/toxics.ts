/** Toxics as the API shows them: attributes of each type echoed whole, merged by an update, listed in order. */
import { TOXIC_ATTRIBUTES } from '../../reference/toxic-attributes.ts';
import type { Case, Step } from '../case.ts';
import { proxy, toxic } from './steps.ts';

const byKind: Case[] = Object.entries(TOXIC_ATTRIBUTES).map(([type, keys]) => ({
  name: `the attributes of ${type}`,
  steps: [
    proxy('a'),
    toxic('a', type, Object.fromEntries(keys.map((key, i) => [key, 100 + i]))),
    toxic('a', type, Object.fromEntries(keys.slice(0, 1).map((key) => [key, 7])), { stream: 'upstream', toxicity: 0.5 }),
    toxic('a', type, {}, { name: 'empty' }),
    toxic('a', type, null, { name: 'null' }),
    { call: 'POST /proxies/a/toxics', body: { type, name: 'none' } },
    toxic('a', type, { other: 1, latency: 'x' }, { name: 'foreign' }),
    ...keys.flatMap((key): Step[] => [
      toxic('a', type, { [key]: '1' }, { name: `text-${key}` }),
      toxic('a', type, { [key]: 0.5 }, { name: `half-${key}` }),
      toxic('a', type, { [key]: -3 }, { name: `negative-${key}` }),
      { call: 'POST /proxies/a/toxics/empty', body: { attributes: { [key]: 9 } } },
      { call: 'PATCH /proxies/a/toxics/empty', body: { attributes: { [key]: null } } },
    ]),
    { call: 'GET /proxies/a' },
    { call: 'GET /proxies/a/toxics' },
    { call: 'GET /proxies/a/toxics/empty' },
    { call: 'DELETE /proxies/a/toxics/empty' },
    { call: 'DELETE /proxies/a/toxics/empty' },
  ],
}));

const UPDATES = [
  '{}',
  '{"attributes":null,"toxicity":null}',
  '{"attributes":{}}',
  '{"attributes":{"jitter":5}}',
  '{"toxicity":0.25}',
  '{"toxicity":5}',
  '{"toxicity":0}',
  '{"attributes":{"latency":8},"toxicity":-1}',
  '{"name":"z","type":"noop","stream":"upstream"}',
  '{"ATTRIBUTES":{"Latency":9}} more',
  '{"attributes":{"other":1}}',
  '{"attributes":[]}',
  '{"attributes":"x"}',
  '{"attributes":{"latency":"x"}}',
  '{"toxicity":"1"}',
  '',
  'null',
  '[]',
];

const SHOWN: Case[] = [
  ...['POST', 'PATCH'].map((method): Case => ({
    name: `a toxic is updated attribute by attribute by ${method}`,
    steps: [proxy('a'), toxic('a', 'latency', { latency: 1, jitter: 2 }, { name: 't', toxicity: 0.5 }), ...UPDATES.flatMap((body): Step[] => [{ call: `${method} /proxies/a/toxics/t`, body }, { call: 'GET /proxies/a/toxics/t' }])],
  })),
  {
    name: 'upstream toxics are listed before downstream ones, each in the order of creation',
    steps: [
      proxy('a'),
      ...['d1 downstream', 'u1 upstream', 'd2 DownStream', 'u2 upstream', 'a1 upstream'].map((text): Step => {
        const [name, stream] = text.split(' ');
        return toxic('a', 'noop', {}, { name, stream });
      }),
      { call: 'GET /proxies/a/toxics' },
      { call: 'POST /proxies/a/toxics/u1', body: { toxicity: 0.5 } },
      { call: 'DELETE /proxies/a/toxics/d1' },
      toxic('a', 'noop', {}, { name: 'd1' }),
      { call: 'GET /proxies/a' },
      { call: 'GET /proxies' },
    ],
  },
  {
    name: 'toxics outlive a disabled time and an update, and end with their proxy',
    steps: [proxy('a'), toxic('a', 'latency', { latency: 5 }), { call: 'POST /proxies/a', body: { enabled: false } }, toxic('a', 'noop', {}, { stream: 'upstream' }), { call: 'POST /proxies/a', body: { enabled: true, upstream: '<greet>' } }, { call: 'GET /proxies/a' }, { call: 'DELETE /proxies/a' }, proxy('a'), { call: 'GET /proxies/a/toxics' }],
  },
];

export const TOXIC_CASES: readonly Case[] = [...byKind, ...SHOWN];
