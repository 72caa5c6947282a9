/** The controller's API under calls that nobody meant: whatever comes, it answers, and what it refuses begins nothing and reaches nobody. */
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ERRORS } from '#contracts/errors.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { TestController } from './controller.fixture.ts';
import { FakeInjector } from './fake-injector.fixture.ts';

const CALLS = 10_000;
/** A region in which nothing may begin: a run that is accepted ends at once. */
const LOCKED = JSON.stringify({ faults: [], components: [], customers: null, settings: { rescue: true, ovens: null }, lever: { blocked: true, reason: 'drill', sinceMs: 1 }, journalTrouble: null });

let injector: FakeInjector;
let controller: TestController;
let host: string;

beforeAll(async () => {
  injector = await FakeInjector.start();
  injector.answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(LOCKED);
  controller = await TestController.start(injector.url);
  host = new URL(controller.running.api).host;
});
afterAll(async () => {
  await controller.stop();
  await injector.stop();
});

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 300 }), fc.constantFrom('az1', 'r1', '__proto__', 'constructor', '../../etc/passwd', ''));
const anyValue = fc.oneof(anyText, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }));
const document = experimentNamed('az-power-loss');
/** A document with one of its fields, however deep, replaced. */
const mutated = fc.tuple(fc.constantFrom(...Object.keys(document)), anyValue, fc.boolean()).map(([key, value, deep]) => {
  const copy = structuredClone(document) as unknown as Record<string, unknown>;
  const inner = copy[key];
  if (deep && typeof inner === 'object' && inner !== null) (inner as Record<string, unknown>)[Object.keys(inner)[0] ?? 'x'] = value;
  else copy[key] = value;
  return copy;
});
const run = fc.record(
  {
    document: fc.oneof({ weight: 2, arbitrary: fc.constant(document) }, mutated, anyValue),
    azs: fc.oneof(fc.subarray(['az1', 'az2', 'az3'], { minLength: 1 }), anyValue),
    ratePerSecond: fc.oneof(fc.integer({ min: 1, max: 500 }), anyValue),
    seed: fc.oneof(fc.nat(), anyValue),
    timeoutMs: fc.oneof(fc.integer({ min: 1000, max: 100_000 }), anyValue),
    attached: fc.oneof(fc.boolean(), anyValue),
    allowInconclusive: fc.boolean(),
    replay: anyText,
    commit: anyText,
  },
  { requiredKeys: ['document'] },
);
/** Almost everything of it is as it must be. */
const good = fc.record({ document: fc.constant(document), azs: fc.subarray(['az1', 'az2', 'az3'], { minLength: 1 }), seed: fc.nat(), attached: fc.boolean(), allowInconclusive: fc.oneof({ weight: 4, arbitrary: fc.boolean() }, anyValue) }, { requiredKeys: ['document'] });
const body = fc.oneof(
  { weight: 3, arbitrary: good.map((value) => JSON.stringify(value)) },
  { weight: 5, arbitrary: run.map((value) => JSON.stringify(value)) },
  fc.tuple(run, fc.nat(2_000)).map(([value, at]) => JSON.stringify(value).slice(0, at)),
  fc.json(),
  anyText,
  fc.constantFrom('', '{}', '[]', 'null', '['.repeat(5_000), `{"replay":"${'x'.repeat(300_000)}"}`, '{"document":{"__proto__":{"id":"x"}}}'),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const printable = fc.string({ unit: fc.constantFrom(...'abz09 ;,:/.=-*"[]{}'), maxLength: 30 });
const headers = fc
  .record({
    host: fc.oneof({ weight: 8, arbitrary: fc.constant('') }, printable, fc.constant('evil.example:8090')),
    'content-type': fc.oneof({ weight: 8, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') }, printable, fc.constantFrom('text/plain', 'multipart/form-data; boundary=x')),
    origin: fc.oneof(fc.constantFrom('null', 'https://evil.example'), printable),
    'sec-fetch-site': fc.constantFrom('cross-site', 'same-site', 'same-origin', 'none'),
    'last-event-id': printable,
    'content-length': fc.constantFrom('0', '-1', '99999999999'),
  })
  // Most come without what a browser adds, else few would get past the guard.
  .chain((all) => fc.nat(3).map((n) => (n === 0 ? all : { host: all.host, 'content-type': all['content-type'] })));
/** Not the streams, which do not end; they are refused like everything else in `events.test.ts`. */
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/v1/runs', '/v1/runs', '/v1/runs/r1', '/v1/runs/r999', '/v1/runs/r1/report/verdict.json', '/v1/runs/r1/report/../runs.jsonl', '/v1/heal', '/v1/faults') },
  fc.tuple(fc.constantFrom('/v1/runs/', '/v1/runs/r1/report/', '/v1/', '/'), fc.webPath({ size: 'small' }), fc.webQueryParameters({ size: 'small' })).map(([base, segments, query]) => `${base}${segments}?${query}`),
);
const wild = fc.record({ method: fc.constantFrom('POST', 'PUT', 'DELETE', 'POST', 'GET', 'PATCH', 'OPTIONS', 'HEAD'), url: path, headers, payload: body });
const addressed = body.map((payload) => ({ method: 'POST', url: '/v1/runs', headers: { host: '', 'content-type': 'application/json' }, payload }));

/** All that a call could change. Runs end, and are forgotten, by themselves: what counts is how many there were. */
const state = (): string => JSON.stringify([controller.journal.state.lastRun, injector.asked.filter((call) => !call.startsWith('GET ')).length]);

it(`answers ${CALLS.toLocaleString('en')} random calls, each with what is in the catalogue, and what it refuses changes nothing`, async () => {
  const count = { began: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 2, arbitrary: wild }, addressed), async (one) => {
      const before = state();
      const answer = await controller.app.inject({ ...one, headers: { ...one.headers, host: one.headers.host === '' ? host : one.headers.host } } as InjectOptions);
      if (answer.statusCode < 400) {
        if (answer.statusCode === 202 && one.method === 'POST') count.began += 1;
        return;
      }
      count.refused += 1;
      expect(Object.keys(ERRORS)).toContain(answer.headers['x-azimuth-error']);
      expect(answer.headers['x-azimuth-error']).not.toBe('AZ_INTERNAL');
      expect(answer.body.length).toBeLessThan(2000);
      expect(state()).toBe(before);
    }),
    { numRuns: CALLS, seed: 31 },
  );
  // It says something only if many calls got through to what could be begun.
  expect(count.began).toBeGreaterThan(50);
  expect(count.refused).toBeGreaterThan(CALLS / 4);
}, 240_000);
