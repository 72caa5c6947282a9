/** Where ours is meant to differ, one case per rule, with what each side shows; and metrics, where most is ours alone. */
import type { Case, Step } from '../case.ts';
import { client, echo, proxy, toxic } from './steps.ts';

const OK = /^20\d /;
const to = (upstream: string): Step => proxy('a', { upstream: `<${upstream}>` });
const change = (name: string, body: unknown): Step => ({ call: `POST /proxies/a/toxics/${name}`, body });
const many: Step = { connect: 'a', to: '127.0.0.1:<port a>', count: 40 };
const COUNTERS = '^toxiproxy_proxy_';

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];

const OF_THE_API: Case[] = [
  {
    // The reference goes by chance: that all eight good ones come before the first of eight bad ones is one in 12,870.
    name: 'D3: reset goes on after a proxy that cannot start',
    steps: [
      ...EIGHT.map((i): Step => ({ call: 'POST /proxies', body: { name: `bad${i}`, listen: '127.0.0.1:<port taken>', upstream: '<echo>', enabled: false } })),
      ...EIGHT.map((i): Step => proxy(`good${i}`, { enabled: false })),
      ...EIGHT.map((i): Step => toxic(`good${i}`, 'noop', {})),
      { call: 'POST /reset' },
      { call: 'GET /proxies', differs: { rule: 'D3', reference: /"name\\":\\"good\d[^}]*enabled\\":false/, ours: /^200 (?!.*"name\\":\\"good\d[^}]*enabled\\":false)(?!.*noop)/ } },
    ],
  },
  {
    name: 'a rejected update of a toxic changes nothing',
    steps: [proxy('a'), toxic('a', 'latency', { latency: 1, jitter: 2 }, { name: 't' }), { call: 'PATCH /proxies/a/toxics/t', body: '{"attributes":{"latency":33,"jitter":"x"}}' }, { call: 'GET /proxies/a/toxics/t', differs: { rule: 'atomic', reference: /latency\\":33/, ours: /latency\\":1,/ } }],
  },
];

const OF_DIALS: Case[] = [
  {
    name: 'D4, D7: a client whose dial hangs is closed by a disable, which does not wait for it',
    steps: [proxy('a', { upstream: '<hung>' }), client('a'), { waitMs: 50 }, { call: 'POST /proxies/a', body: { enabled: false }, betweenMs: [0, 1000], differs: { rule: 'D7', reference: /^no answer: silent/, ours: /^200 .* in time$/ } }, { ends: 'a', waitMs: 300, differs: { rule: 'D4', reference: 'open', ours: 'eof' } }],
    breaksReference: true,
  },
  {
    name: 'D5: the reply to a half-close arrives',
    steps: [to('reply'), client('a'), { finish: 'a' }, { receives: 'a', bytes: 5, differs: { rule: 'D5', reference: '""', ours: '"reply"' } }, { ends: 'a' }],
  },
];

const OF_DRAWS: Case[] = [
  {
    name: 'D6: an update that changes nothing draws nothing',
    steps: [to('echo'), toxic('a', 'bandwidth', { rate: 0 }, { name: 't', toxicity: 0.5 }), many, { survey: 'a' }, toxic('a', 'noop', {}, { name: 'later' }), { waitMs: 50 }, { survey: 'a', show: 'change', differs: { rule: 'D6', reference: 'other ones', ours: 'the same ones' } }],
  },
  {
    name: 'D9: removing a timeout leaves alone whom it never met',
    steps: [to('echo'), toxic('a', 'timeout', { timeout: 0 }, { name: 't', toxicity: 0 }), client('a'), ...echo('a'), { call: 'DELETE /proxies/a/toxics/t' }, { ends: 'a', waitMs: 200, differs: { rule: 'D9', reference: 'eof', ours: 'open' } }],
  },
  {
    name: 'D11: an inactive reset_peer resets nobody',
    steps: [to('sink'), toxic('a', 'reset_peer', { timeout: 0 }, { toxicity: 0, stream: 'upstream' }), client('a'), { send: 'a', bytes: 10 }, { upstream: 'sink', hasGot: 1 }, { call: 'DELETE /proxies/a' }, { ends: 'a', differs: { rule: 'D11', reference: 'reset', ours: 'eof' } }],
  },
];

const OF_TOXICS: Case[] = [
  {
    name: 'D12: removing a reset_peer that waits does not wait',
    steps: [to('echo'), toxic('a', 'reset_peer', { timeout: 1500 }, { name: 't', stream: 'upstream' }), client('a'), { send: 'a', text: 'x' }, { waitMs: 100 }, { call: 'DELETE /proxies/a/toxics/t', betweenMs: [0, 700], differs: { rule: 'D12', reference: /^204 .* late$/, ours: /^204 .* in time$/ } }],
  },
  {
    name: 'D10: reset_peer resets who was there before it',
    steps: [to('echo'), client('a'), ...echo('a'), toxic('a', 'reset_peer', { timeout: 0 }, { stream: 'upstream' }), { send: 'a', text: 'x' }, { ends: 'a', differs: { rule: 'D10', reference: 'eof', ours: 'reset' } }],
  },
  {
    name: 'D8: a negative rate stalls until it is mended',
    steps: [to('echo'), toxic('a', 'bandwidth', { rate: -1 }, { name: 't' }), client('a'), { send: 'a', text: 'held' }, { receives: 'a', bytes: 1, waitMs: 300 }, { ...change('t', { attributes: { rate: 1000 } }), differs: { rule: 'D8', reference: /^no answer/, ours: OK } }, { receives: 'a', bytes: 4, differs: { rule: 'D8', reference: '""', ours: '"held"' } }],
    breaksReference: true,
  },
  {
    name: 'D13: a slicer without a size passes data on',
    steps: [to('echo'), toxic('a', 'slicer', {}), client('a'), { send: 'a', text: 'whole' }, { receives: 'a', bytes: 5, differs: { rule: 'D13', reference: '""', ours: '"whole"' } }, { waitMs: 1500 }, { call: 'GET /version', differs: { rule: 'D13', reference: /^no answer/, ours: OK } }],
    breaksReference: true,
  },
  {
    name: 'removing a toxic behind a slow one does not wait',
    steps: [to('bulk'), toxic('a', 'bandwidth', { rate: 1 }, { name: 't' }), toxic('a', 'latency', { latency: 1 }, { name: 'u' }), client('a'), { receives: 'a', bytes: 1 }, { waitMs: 50 }, { call: 'DELETE /proxies/a/toxics/u', betweenMs: [0, 700] }, { call: 'DELETE /proxies/a/toxics/t', betweenMs: [0, 700] }, { receives: 'a', bytes: 299_999 }],
  },
];

const METRICS: readonly string[] = ['-proxy-metrics'];
const OF_METRICS: Case[] = [
  { name: 'without a flag there are no metrics', steps: [{ call: 'GET /metrics' }, { call: 'POST /metrics' }] },
  {
    name: 'counters of a connection that has ended',
    flags: METRICS,
    steps: [to('echo'), client('a'), ...echo('a', 'hello'), { finish: 'a' }, { ends: 'a' }, { waitMs: 100 }, { metrics: COUNTERS, show: 'samples' }],
  },
  {
    name: 'D15: counters of a connection that is open',
    flags: METRICS,
    steps: [to('echo'), client('a'), ...echo('a', 'hello'), { metrics: 'received_bytes_total.*:<port a>"', show: 'names', differs: { rule: 'D15', reference: '200 ', ours: '200 toxiproxy_proxy_received_bytes_total' } }],
  },
  {
    name: 'D16: metrics of our own',
    flags: METRICS,
    steps: [to('echo'), client('a'), ...echo('a'), { finish: 'a' }, { ends: 'a' }, { waitMs: 50 }, { metrics: '^(?!promhttp)', show: 'names', differs: { rule: 'D16', reference: '200 toxiproxy_proxy_received_bytes_total; toxiproxy_proxy_sent_bytes_total', ours: /^200 (?=.*azimuth_).*toxiproxy_proxy_received_bytes_total; toxiproxy_proxy_sent_bytes_total/ } }],
  },
  { name: 'any method reads the metrics', flags: METRICS, steps: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].map((method): Step => ({ call: `${method} /metrics`, statusOnly: true })) },
];

export const DEVIATION_CASES: readonly Case[] = [...OF_THE_API, ...OF_DIALS, ...OF_DRAWS, ...OF_TOXICS, ...OF_METRICS];
