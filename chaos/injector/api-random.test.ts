/** The API under calls that nobody meant: whatever comes, it answers, and what it refuses changes nothing. */
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ERRORS } from '#contracts/errors.ts';
import { FAULT_VERBS, HOLDERS, type FaultVerb } from '#contracts/faults.ts';
import { createLogger } from '#kit/log.ts';
import { unlistedAnswers } from './api-answers.fixture.ts';
import { createApi } from './api.ts';
import { FakeWorld } from './fake-world.fixture.ts';
import type { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';

const PORT = 8090;
const CALLS = 10_000;
/** So many faults at once leave nothing to be broken. */
const FAULTS_MAX = 2;

let world: FakeWorld;
let journal: MemoryJournal;
let injector: Injector;
let app: FastifyInstance;
let unlisted: readonly string[];

beforeAll(() => {
  // Leases must not end between two calls.
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  world = new FakeWorld();
  journal = new MemoryJournal();
  injector = world.injector(journal);
  app = createApi(injector, { port: PORT, log: createLogger('injector', 'silent') });
  unlisted = unlistedAnswers(app);
});

afterAll(async () => {
  injector.close();
  vi.useRealTimers();
  await app.close();
});

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 300 }), fc.constantFrom('az1', 'az2-kitchen-a', 'az3-link', '__proto__', 'constructor', '../../etc/passwd', 'f1', ''));
const anyValue = fc.oneof(anyText, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), fc.constantFrom(1e308, -1, 0.5, 400, 10_000), fc.jsonValue({ maxDepth: 3 }));
const verb = fc.constantFrom(...FAULT_VERBS);
const target = fc.constantFrom('az1', 'az2', 'az3', 'az1-kitchen-a', 'az2-link', 'az3-load-balancer', 'az9', 'front-door');
/** Without which a verb is refused, and so that it strikes something here. */
const NEEDS: Partial<Record<FaultVerb, object>> = {
  slow: { latencyMs: 400 }, cut: { peer: 'az1' }, fail: { rate: 0.5, service: 'kitchen' }, lag: { latencyMs: 200, service: 'load-balancer' }, lie: { health: 'ill' },
};
/** Almost what the API takes. */
const nearly = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ verb, target, holder: fc.constantFrom(...HOLDERS), by: fc.constantFrom('a', 'b'), leaseMs: fc.integer({ min: 1000, max: 600_000 }) }, { requiredKeys: ['verb', 'target'] })
      .map((one) => ({ ...one, ...NEEDS[one.verb] })),
  },
  fc.record({ verb, target, latencyMs: anyValue, jitterMs: anyValue, peer: fc.oneof(target, anyValue), share: anyValue, silent: anyValue, rate: anyValue, status: anyValue, service: anyText, health: anyValue, leaseMs: anyValue, holder: fc.oneof(fc.constantFrom(...HOLDERS), anyValue), by: anyText, reason: anyText }, { requiredKeys: ['verb', 'target'] }),
  fc.record({ leaseMs: fc.oneof(fc.nat(100_000), anyValue) }),
  fc.record({ blocked: fc.oneof(fc.boolean(), anyValue), reason: anyText }, { requiredKeys: [] }),
  fc.record({ rescue: fc.oneof(fc.boolean(), anyValue), ovens: fc.oneof(fc.nat(10), anyValue) }, { requiredKeys: [] }),
  fc.record({ target: fc.oneof(target, anyValue) }, { requiredKeys: [] }),
  fc.dictionary(anyText, anyValue, { maxKeys: 4 }),
);
const body = fc.oneof(
  { weight: 5, arbitrary: nearly.map((value) => JSON.stringify(value)) },
  fc.tuple(nearly, fc.nat(200)).map(([value, at]) => JSON.stringify(value).slice(0, at)),
  fc.json(),
  anyText,
  fc.constantFrom('', '{}', '[]', 'null', '{"verb":"kill","target":"az1","__proto__":{"leaseMs":1}}', '['.repeat(5000), `{"reason":"${'x'.repeat(70_000)}"}`, 'verb=kill&target=az1'),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const own = fc.constantFrom(`127.0.0.1:${PORT}`, `localhost:${PORT}`);
const printable = fc.string({ unit: fc.constantFrom(...'abz09 ;,:/.=-*"[]{}'), maxLength: 30 });
const headers = fc
  .record(
    {
      host: fc.oneof({ weight: 8, arbitrary: own }, printable, fc.constant('evil.example:8090')),
      'content-type': fc.oneof({ weight: 8, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') }, printable, fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x')),
      origin: fc.oneof(fc.constantFrom('null', 'https://evil.example', `http://localhost:${PORT}`), printable),
      'sec-fetch-site': fc.constantFrom('cross-site', 'same-site', 'same-origin', 'none'),
      'x-http-method-override': fc.constantFrom('DELETE', 'POST'),
      'content-length': fc.constantFrom('0', '-1', '99999999999'),
      'content-encoding': fc.constantFrom('gzip', 'identity'),
      'x-request-id': printable,
    },
    { requiredKeys: ['host', 'content-type'] },
  )
  // Most come without what a browser adds, else few would get past the guard.
  .chain((all) => fc.nat(3).map((n) => (n === 0 ? all : { host: all.host, 'content-type': all['content-type'] })));
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/v1/faults', '/v1/faults?dryRun=true', '/v1/heal', '/v1/lever', '/v1/settings', '/v1/faults/f1', '/v1/faults/f1/lease', '/v1/residue', '/v1/traffic', '/v1/verdicts') },
  fc.tuple(fc.constantFrom('/v1/faults/', '/v1/faults?dryRun=', '/v1/instances/', '/v1/customers/summary?windowMs=', '/'), fc.webPath({ size: 'small' }), fc.webQueryParameters({ size: 'small' })).map(([base, segments, query]) => `${base}${segments}?${query}`),
);
const wild = fc.record({ method: fc.constantFrom('POST', 'PUT', 'DELETE', 'POST', 'PUT', 'GET', 'PATCH', 'OPTIONS', 'HEAD'), url: path, headers, payload: body });
/** The right address and sender, so that the body alone decides. */
const addressed = fc.record({
  headers: fc.constant({ host: `127.0.0.1:${PORT}`, 'content-type': 'application/json' }),
  payload: nearly.map((value) => JSON.stringify(value)),
}).chain((rest) => fc.constantFrom(['POST', '/v1/faults'], ['POST', '/v1/faults?dryRun=true'], ['PUT', '/v1/faults/f1/lease'], ['PUT', '/v1/lever'], ['PUT', '/v1/settings'], ['POST', '/v1/heal']).map(([method, url]) => ({ method, url, ...rest })));
const call = fc.oneof({ weight: 2, arbitrary: wild }, addressed);

/** All that a call could change. */
function state(): string {
  return JSON.stringify([world.wounds(), world.driver.acts.length, [...world.links.values()].map(({ told }) => told.length), journal.lines.length, injector.faults(), injector.lever()]);
}

it(`answers ${CALLS.toLocaleString('en')} random calls, each with what is in the catalogue, and what it refuses changes nothing`, async () => {
  const count = { accepted: 0, refused: 0, made: 0 };
  await fc.assert(
    fc.asyncProperty(call, async (one) => {
      const before = state();
      const answer = await app.inject(one as InjectOptions);
      const { statusCode } = answer;
      if (statusCode < 400) {
        count.accepted += 1;
        if (statusCode === 201) count.made += 1;
        if (injector.faults().length > FAULTS_MAX) await injector.heal();
        if (injector.lever().blocked) await injector.setLever({ blocked: false });
        return;
      }
      count.refused += 1;
      expect(Object.keys(ERRORS)).toContain(answer.headers['x-azimuth-error']);
      expect(answer.headers['x-azimuth-error']).not.toBe('AZ_INTERNAL');
      expect(answer.body.length).toBeLessThan(2000);
      // Beyond 500 something was tried and did not go well, and so it was where a take-over met what cannot be healed now.
      const isStuck = answer.body.includes('what is to be taken over could not be healed');
      if (statusCode < 500 && !isStuck) expect(state()).toBe(before);
    }),
    { numRuns: CALLS, seed: 31 },
  );
  // It says something only if many calls got through to what could be changed.
  expect(count.made).toBeGreaterThan(50);
  expect(count.refused).toBeGreaterThan(CALLS / 4);
  expect([...new Set(unlisted)]).toEqual([]);
  await injector.heal();
  expect(world.wounds()).toEqual([]);
}, 240_000);
