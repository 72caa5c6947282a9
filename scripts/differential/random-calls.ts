/**
 * Sequences of valid and invalid calls that nobody thought of, for both servers. Left out is only what the
 * reference decides by chance: every proxy keeps ports of its own, so that a reset, whose order is a random
 * one there, has nothing to fail on. Shrinks to the calls that matter.
 */
import fc from 'fast-check';
import type { CallStep } from './case.ts';

const NAMES = ['a', 'b', 'a b', 'A'];
const TOXIC_NAMES = ['t', 'u', 'latency_downstream', 'noop_upstream'];
const TYPES = ['latency', 'bandwidth', 'slow_close', 'timeout', 'reset_peer', 'slicer', 'limit_data', 'noop', 'down', ''];
const KEYS = ['latency', 'jitter', 'rate', 'delay', 'timeout', 'average_size', 'size_variation', 'bytes', 'Latency', 'other'];

const name = fc.constantFrom(...NAMES);
const toxicName = fc.constantFrom(...TOXIC_NAMES);
/** 32-bit floats, as which the reference keeps it, that are written alike. */
const toxicity = fc.constantFrom(0, 1, 0.5, 0.25, 0.1, -1, 5, null, '1');
const attribute = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -5, max: 100_000 }) }, { weight: 1, arbitrary: fc.constantFrom(null, '1', 1.5, true, [], {}) });
const attributes = fc.oneof({ weight: 8, arbitrary: fc.dictionary(fc.constantFrom(...KEYS), attribute, { maxKeys: 3 }) }, { weight: 1, arbitrary: fc.constantFrom(null, [], 'x', 1) });
const stream = fc.constantFrom('upstream', 'downstream', 'UpStream', '', 'sideways', null, 1);
const garbage = fc.constantFrom('', '{', 'null', '[]', '1', '"x"', '{"name":', '[{}]', '{} more');

function listenOf(name: string): fc.Arbitrary<unknown> {
  const own = NAMES.indexOf(name);
  return fc.constantFrom(`127.0.0.1:<port r${own}>`, `localhost:<port r${own}>`, `127.0.0.1:<port s${own}>`, '127.0.0.1:0', null);
}

function proxyBody(of: fc.Arbitrary<string>): fc.Arbitrary<Record<string, unknown>> {
  return of.chain((name) =>
    fc.record(
      { name: fc.constant(name), listen: listenOf(name), upstream: fc.constantFrom<unknown>('<echo>', '<greet>', '', null, 1), enabled: fc.constantFrom<unknown>(true, false, null, 'x') },
      { requiredKeys: ['name'] },
    ),
  );
}

const toxicBody = fc.record({ name: toxicName, type: fc.constantFrom<unknown>(...TYPES, null), stream, toxicity, attributes }, { requiredKeys: ['type'] });
/** At most one thing is wrong with an update, and nothing besides: of a body that is half wrong the reference keeps the other half. */
const toxicUpdate = fc.oneof(
  { weight: 6, arbitrary: fc.record({ attributes: fc.dictionary(fc.constantFrom(...KEYS), fc.integer({ min: -5, max: 100_000 }), { maxKeys: 3 }), toxicity: fc.constantFrom(0, 1, 0.25, null), name: toxicName }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.record({ attributes: fc.dictionary(fc.constantFrom(...KEYS), attribute, { maxKeys: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ toxicity }) },
);
const updateMethod = fc.constantFrom('POST', 'PATCH');

function path(name: string, ...rest: string[]): string {
  return ['/proxies', name, ...rest].map((part) => (part.startsWith('/') ? part : encodeURIComponent(part))).join('/');
}

function bodied(call: fc.Arbitrary<string>, body: fc.Arbitrary<unknown>): fc.Arbitrary<CallStep> {
  return fc.record({ call, body: fc.oneof({ weight: 12, arbitrary: body }, { weight: 1, arbitrary: garbage }) });
}

const aCall: fc.Arbitrary<CallStep> = fc.oneof(
  { weight: 8, arbitrary: bodied(fc.constant('POST /proxies'), proxyBody(name)) },
  { weight: 4, arbitrary: bodied(fc.constant('POST /populate'), fc.array(proxyBody(name), { maxLength: 4 })) },
  { weight: 6, arbitrary: name.chain((one) => bodied(updateMethod.map((method) => `${method} ${path(one)}`), proxyBody(fc.constant(one)))) },
  { weight: 10, arbitrary: bodied(name.map((one) => `POST ${path(one, 'toxics')}`), toxicBody) },
  { weight: 8, arbitrary: bodied(fc.tuple(updateMethod, name, toxicName).map(([method, one, toxic]) => `${method} ${path(one, 'toxics', toxic)}`), toxicUpdate) },
  { weight: 3, arbitrary: fc.tuple(name, toxicName).map(([one, toxic]) => ({ call: `DELETE ${path(one, 'toxics', toxic)}` })) },
  { weight: 2, arbitrary: name.map((one) => ({ call: `DELETE ${path(one)}` })) },
  { weight: 3, arbitrary: name.map((one) => ({ call: `GET ${path(one)}` })) },
  { weight: 3, arbitrary: fc.constant({ call: 'GET /proxies' }) },
  { weight: 1, arbitrary: fc.constant({ call: 'POST /reset' }) },
);

/** A sequence, and the state it leads to. */
export const randomCalls: fc.Arbitrary<CallStep[]> = fc.array(aCall, { minLength: 5, maxLength: 60, size: 'max' }).map((calls) => [...calls, { call: 'GET /proxies' }]);
