/**
 * What a client and an upstream see of each toxic, in both directions, on connections that were there before
 * it and on later ones. Bounds are wide: they tell a delay from none, and a machine under load stays inside.
 */
import type { Case, Step } from '../case.ts';
import { client, echo, proxy, toxic } from './steps.ts';

type Direction = 'upstream' | 'downstream';
const DIRECTIONS: readonly Direction[] = ['upstream', 'downstream'];
const both = (make: (stream: Direction) => Case[]): Case[] => DIRECTIONS.flatMap(make);
const remove = (name: string): Step => ({ call: `DELETE /proxies/a/toxics/${name}` });
const change = (name: string, body: unknown): Step => ({ call: `POST /proxies/a/toxics/${name}`, body });
const to = (upstream: string): Step => proxy('a', { upstream: `<${upstream}>` });
/** After 300 ms, and far before a second one. */
const LATER = [290, 1200] as const;
const AT_ONCE = [0, 250] as const;

const NO_TOXIC: Case[] = [
  { name: 'bytes pass unchanged, small and large', steps: [to('echo'), client('a'), ...echo('a'), { send: 'a', bytes: 1 }, { receives: 'a', bytes: 1 }, { send: 'a', bytes: 200_000 }, { receives: 'a', bytes: 200_000 }] },
  { name: 'the upstream speaks first, much', steps: [to('bulk'), client('a'), { receives: 'a', bytes: 300_000 }, { receives: 'a', bytes: 1, waitMs: 100 }, { ends: 'a', waitMs: 50 }] },
  { name: 'an upstream that refuses closes the client cleanly', steps: [to('dead'), client('a'), { ends: 'a' }] },
  { name: 'an upstream that closes at once', steps: [to('closer'), client('a'), { ends: 'a' }] },
  { name: 'an upstream that answers and closes', steps: [to('hang-up'), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 3 }, { ends: 'a' }] },
  { name: 'an upstream that resets', steps: [to('resetter'), client('a'), { send: 'a', text: 'x' }, { ends: 'a' }] },
  { name: 'a client that closes closes the upstream', steps: [to('sink'), client('a'), { send: 'a', text: 'last' }, { drop: 'a' }, { upstream: 'sink', hasGot: 4 }, { upstream: 'sink', ends: true }] },
  { name: 'unknown upstreams close each client', steps: [proxy('a', { upstream: 'nosuch.invalid:80' }), client('a'), { ends: 'a' }] },
];

const DELAYS: Case[] = both((stream) => [
  { name: `latency ${stream}`, steps: [to('echo'), toxic('a', 'latency', { latency: 300 }, { stream }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, betweenMs: LATER }, { send: 'a', bytes: 60_000 }, { receives: 'a', bytes: 60_000, betweenMs: LATER }] },
  { name: `latency ${stream} acts on open connections, and removal sends on what is held`, steps: [to('echo'), client('a'), ...echo('a'), toxic('a', 'latency', { latency: 300 }, { stream, name: 't' }), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, betweenMs: LATER }, change('t', { attributes: { latency: 5000 } }), { send: 'a', text: 'held' }, { receives: 'a', bytes: 1, waitMs: 150 }, remove('t'), { receives: 'a', bytes: 4, betweenMs: AT_ONCE }] },
  { name: `an update of latency ${stream} lets go of what is held`, steps: [to('echo'), toxic('a', 'latency', { latency: 5000 }, { stream, name: 't' }), client('a'), { send: 'a', text: 'held' }, { receives: 'a', bytes: 1, waitMs: 150 }, change('t', {}), { receives: 'a', bytes: 4, betweenMs: AT_ONCE }] },
  { name: `two latencies ${stream} add up`, steps: [to('echo'), toxic('a', 'latency', { latency: 200 }, { stream, name: 't' }), toxic('a', 'latency', { latency: 200 }, { stream, name: 'u' }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, betweenMs: [390, 1200] }] },
  { name: `negative latency ${stream} and jitter delay nothing`, steps: [to('echo'), toxic('a', 'latency', { latency: -500, jitter: -500 }, { stream }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, betweenMs: AT_ONCE }] },
  { name: `slow_close ${stream} holds the end, not the data`, steps: [to(stream === 'downstream' ? 'hang-up' : 'sink'), toxic('a', 'slow_close', { delay: 300 }, { stream }), client('a'), ...(stream === 'downstream' ? ([{ send: 'a', text: 'x' }, { receives: 'a', bytes: 3, betweenMs: AT_ONCE }, { ends: 'a', betweenMs: LATER }] as const) : ([{ send: 'a', text: 'x' }, { upstream: 'sink', hasGot: 1 }, { drop: 'a' }, { upstream: 'sink', ends: true, betweenMs: LATER }] as const))] },
  { name: `bandwidth ${stream} paces`, steps: [to('echo'), toxic('a', 'bandwidth', { rate: 100 }, { stream }), client('a'), { send: 'a', bytes: 50_000 }, { receives: 'a', bytes: 50_000, betweenMs: [400, 1400] }] },
  { name: `bandwidth ${stream} of 0 holds everything until it is removed`, steps: [to('echo'), toxic('a', 'bandwidth', { rate: 0 }, { stream, name: 't' }), client('a'), { send: 'a', text: 'held' }, { receives: 'a', bytes: 1, waitMs: 200 }, remove('t'), { receives: 'a', bytes: 4, betweenMs: AT_ONCE }] },
  { name: `slicer ${stream} alters no byte`, steps: [to('echo'), toxic('a', 'slicer', { average_size: 64, size_variation: 32, delay: 10 }, { stream }), client('a'), { send: 'a', bytes: 5_000 }, { receives: 'a', bytes: 5_000 }] },
  { name: `slicer ${stream} waits after each piece`, steps: [to('echo'), toxic('a', 'slicer', { average_size: 10, size_variation: 1, delay: 40_000 }, { stream }), client('a'), { send: 'a', bytes: 80 }, { receives: 'a', bytes: 80, betweenMs: [240, 1300] }] },
]);

const CLOSES: Case[] = both((stream) => [
  { name: `timeout ${stream} closes what is idle`, steps: [to('echo'), toxic('a', 'timeout', { timeout: 300 }, { stream }), client('a'), { ends: 'a', betweenMs: LATER }, { upstream: 'echo', ends: true }] },
  { name: `timeout ${stream} starts anew with each chunk`, steps: [to('echo'), toxic('a', 'timeout', { timeout: 400 }, { stream }), client('a'), { waitMs: 250 }, { send: 'a', text: 'x' }, { waitMs: 250 }, { send: 'a', text: 'x' }, { ends: 'a', betweenMs: [350, 1300] }, { receives: 'a', bytes: 1, waitMs: 0 }] },
  { name: `timeout ${stream} of 0 swallows and keeps open, and its removal closes`, steps: [to('echo'), client('a'), ...echo('a'), toxic('a', 'timeout', { timeout: 0 }, { stream, name: 't' }), { send: 'a', text: 'lost' }, { receives: 'a', bytes: 1, waitMs: 200 }, { ends: 'a', waitMs: 100 }, remove('t'), { ends: 'a', betweenMs: AT_ONCE }, client('a'), ...echo('a')] },
  { name: `timeout ${stream} changed from 0`, steps: [to('echo'), toxic('a', 'timeout', { timeout: 0 }, { stream, name: 't' }), client('a'), { send: 'a', text: 'lost' }, { ends: 'a', waitMs: 200 }, change('t', { attributes: { timeout: 300 } }), { ends: 'a', betweenMs: LATER }] },
  { name: `reset of all closes what timeout ${stream} holds`, steps: [to('echo'), toxic('a', 'timeout', { timeout: 0 }, { stream }), client('a'), { send: 'a', text: 'x' }, { waitMs: 50 }, { call: 'POST /reset' }, { ends: 'a' }, client('a'), ...echo('a')] },
  { name: `reset_peer ${stream} resets at the first data, not before`, steps: [to('echo'), toxic('a', 'reset_peer', { timeout: 300 }, { stream }), client('a'), { ends: 'a', waitMs: 400 }, { send: 'a', text: 'x' }, { ends: 'a', betweenMs: LATER }, { receives: 'a', bytes: 1, waitMs: 0 }, { upstream: 'echo', ends: true }] },
  { name: `reset_peer ${stream} without a wait`, steps: [to('echo'), toxic('a', 'reset_peer', { timeout: 0 }, { stream }), client('a'), { send: 'a', text: 'x' }, { ends: 'a', betweenMs: AT_ONCE }, { upstream: 'echo', ends: true }] },
  { name: `limit_data ${stream} cuts the chunk that crosses the limit`, steps: [to('echo'), toxic('a', 'limit_data', { bytes: 5 }, { stream }), client('a'), { send: 'a', text: '123' }, ...(stream === 'downstream' ? ([{ receives: 'a', bytes: 3 }, { send: 'a', text: '456' }, { receives: 'a', bytes: 3 }] as const) : ([{ upstream: 'echo', hasGot: 3 }, { send: 'a', text: '456' }, { upstream: 'echo', hasGot: 3 }] as const)), { ends: 'a' }, { upstream: 'echo', ends: true }] },
  { name: `limit_data ${stream} reached to the byte closes at once`, steps: [to('echo'), toxic('a', 'limit_data', { bytes: 4 }, { stream }), client('a'), { send: 'a', text: '1234' }, ...(stream === 'downstream' ? ([{ receives: 'a', bytes: 4 }] as const) : ([{ upstream: 'echo', hasGot: 4 }] as const)), { ends: 'a', betweenMs: AT_ONCE }] },
  { name: `limit_data ${stream} of 0 closes at the first data`, steps: [to('echo'), toxic('a', 'limit_data', { bytes: 0 }, { stream }), client('a'), { ends: 'a', waitMs: 200 }, { send: 'a', text: 'x' }, { ends: 'a' }, { receives: 'a', bytes: 1, waitMs: 0 }] },
  { name: `limit_data ${stream} counts from its arrival, and goes on counting through updates`, steps: [to('echo'), client('a'), ...echo('a', 'before'), toxic('a', 'limit_data', { bytes: 6 }, { stream, name: 't' }), ...echo('a', '1234'), change('t', { attributes: { bytes: 8 } }), ...echo('a', '56'), change('t', { attributes: { bytes: 3 } }), { send: 'a', text: '7' }, { receives: 'a', bytes: 1 }, { ends: 'a' }] },
  { name: `toxicity bounds ${stream}`, steps: [to('echo'), toxic('a', 'timeout', { timeout: 0 }, { stream, name: 't', toxicity: -1 }), client('a'), ...echo('a'), change('t', { toxicity: 5 }), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, waitMs: 200 }, { ends: 'a', waitMs: 50 }] },
  { name: `a stream in another case acts all the same: ${stream}`, steps: [to('echo'), toxic('a', 'latency', { latency: 300 }, { stream: stream.toUpperCase() }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, betweenMs: LATER }] },
]);

const TOGETHER: Case[] = [
  { name: 'latency does not hold an end without data', steps: [to('closer'), toxic('a', 'latency', { latency: 500 }), client('a'), { ends: 'a', betweenMs: [0, 400] }] },
  { name: 'latency holds the end behind data', steps: [to('hang-up'), toxic('a', 'latency', { latency: 300 }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 3, betweenMs: LATER }, { ends: 'a', betweenMs: LATER }] },
  { name: 'toxics of both directions at once', steps: [to('echo'), toxic('a', 'latency', { latency: 200 }, { stream: 'upstream' }), toxic('a', 'latency', { latency: 200 }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 1, betweenMs: [390, 1300] }] },
  { name: 'a chain of latency, slicer and limit', steps: [to('echo'), toxic('a', 'latency', { latency: 200 }), toxic('a', 'slicer', { average_size: 10, size_variation: 2, delay: 0 }), toxic('a', 'limit_data', { bytes: 50 }), client('a'), { send: 'a', bytes: 200 }, { receives: 'a', bytes: 50, betweenMs: [190, 1300] }, { ends: 'a' }] },
  { name: 'noops come and go under a connection', steps: [to('echo'), client('a'), ...['n1', 'n2', 'n3'].flatMap((name): Step[] => [toxic('a', 'noop', {}, { name }), ...echo('a')]), remove('n2'), ...echo('a'), { call: 'POST /reset' }, ...echo('a'), { call: 'POST /reset' }, ...echo('a')] },
  { name: 'a removed slow_close closes at once', steps: [to('hang-up'), toxic('a', 'slow_close', { delay: 5000 }, { name: 't' }), client('a'), { send: 'a', text: 'x' }, { receives: 'a', bytes: 3 }, { ends: 'a', waitMs: 100 }, remove('t'), { ends: 'a', betweenMs: AT_ONCE }] },
  { name: 'bandwidth is each connection\'s own', steps: [to('echo'), toxic('a', 'bandwidth', { rate: 100 }), client('a'), { connect: 'b', to: '127.0.0.1:<port a>' }, { send: 'a', bytes: 40_000 }, { send: 'b', bytes: 40_000 }, { receives: 'a', bytes: 40_000, betweenMs: [300, 1200] }, { receives: 'b', bytes: 40_000, betweenMs: [300, 1200] }] },
  { name: 'half of many connections, and the same half at a second look', steps: [to('echo'), toxic('a', 'timeout', { timeout: 0 }, { toxicity: 0.5 }), { connect: 'a', to: '127.0.0.1:<port a>', count: 40 }, { survey: 'a' }, { survey: 'a', show: 'change' }] },
];

export const EFFECT_CASES: readonly Case[] = [...NO_TOXIC, ...DELAYS, ...CLOSES, ...TOGETHER];
