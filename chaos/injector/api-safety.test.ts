import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultPlan, Lever, ResidueAnswer } from '#contracts/faults.ts';
import { createLogger } from '#kit/log.ts';
import { unlistedAnswers } from './api-answers.fixture.ts';
import { createApi } from './api.ts';
import { FakeWorld } from './fake-world.fixture.ts';
import type { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';

const PORT = 8090;
const HOST = { host: `127.0.0.1:${PORT}` };
const KILL = { verb: 'kill', target: 'az1' };
let world: FakeWorld;
let journal: MemoryJournal;
let injector: Injector;
let app: FastifyInstance;
let unlisted: readonly string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  world = new FakeWorld();
  journal = new MemoryJournal();
  injector = world.injector(journal);
  app = createApi(injector, { port: PORT, log: createLogger('injector', 'silent') });
  unlisted = unlistedAnswers(app);
});

afterEach(async () => {
  injector.close();
  vi.useRealTimers();
  await app.close();
  expect(unlisted).toEqual([]);
});

async function ask<T>(method: InjectOptions['method'], url: string, payload?: object): Promise<{ status: number; body: T }> {
  const answer = await app.inject({ method, url, headers: payload === undefined ? HOST : { ...HOST, 'content-type': 'application/json' }, ...(payload === undefined ? {} : { payload }) } as InjectOptions);
  return { status: answer.statusCode, body: answer.json<T>() };
}

/** All that a call could change. */
const state = (): unknown => structuredClone({ wounds: world.wounds(), acts: world.driver.acts, told: [...world.links].map(([, { told }]) => told), lines: journal.lines, faults: injector.faults() });
const dryRun = (payload: object): Promise<{ status: number; body: FaultPlan }> => ask('POST', '/v1/faults?dryRun=true', payload);

describe('a dry run', () => {
  it('tells members, what ends it, how long it would live and whose it would be, and changes nothing', async () => {
    const before = state();
    const { status, body } = await dryRun({ ...KILL, leaseMs: 30_000, by: 'ann', reason: 'drill' });
    expect([status, body]).toEqual([200, {
      verb: 'kill', target: 'az1', detail: {}, members: ['az1-link', 'az1-load-balancer', 'az1-kitchen-a'], reason: 'drill', holder: 'operator', by: 'ann', leaseMs: 30_000,
      inverse: { restore: ['az1-link', 'az1-load-balancer', 'az1-kitchen-a'], clear: [], unshift: [], amend: [] }, takesOver: [], refusal: null,
    }]);
    expect(state()).toEqual(before);
  });

  it.each<[what: string, request: object, inverse: FaultPlan['inverse']]>([
    ['a shift', { verb: 'shift', target: 'az2' }, { restore: [], clear: [], unshift: ['az2'], amend: [] }],
    ['a cut', { verb: 'cut', target: 'az1', peer: 'az2', oneWay: true }, { restore: [], clear: ['az1-link/az2-kitchen-a'], unshift: [], amend: [] }],
    ['a lie', { verb: 'lie', target: 'az1', health: 'ill' }, { restore: [], clear: [], unshift: [], amend: ['az1-load-balancer', 'az1-kitchen-a'] }],
    ['a silent isolation', { verb: 'isolate', target: 'az1', silent: true }, {
      restore: ['az1-link'], unshift: [], amend: [],
      clear: ['az1-link/az1-load-balancer', 'az1-link/az2-kitchen-a', 'az1-link/az3-kitchen-a', 'az2-link/az1-kitchen-a', 'az3-link/az1-kitchen-a'],
    }],
  ])('knows what ends %s', async (_what, request, inverse) => {
    const { body } = await dryRun(request);
    expect(body).toMatchObject({ inverse, leaseMs: 600_000, refusal: null });
  });

  it('tells whom it would take an AZ from, and leaves it to them', async () => {
    const { id } = await injector.break({ verb: 'freeze', target: 'az1', holder: 'suite', by: 'az-freeze az1' });
    const before = state();
    expect((await dryRun(KILL)).body).toMatchObject({ takesOver: [{ id, verb: 'freeze', target: 'az1', detail: {}, holder: 'suite', by: 'az-freeze az1' }], refusal: null });
    expect(state()).toEqual(before);
    await injector.renew(id, 10_000);
  });

  it.each<[why: string, stand: () => unknown, refusal: { code: string; message: RegExp }]>([
    ['another holds the AZ', () => injector.break({ verb: 'freeze', target: 'az1-kitchen-a', by: 'bob' }), { code: 'AZ_CONFLICT', message: /operator "bob" holds az1 for 600 s more/ }],
    ['nothing would be hit', () => Promise.all(['az1-link', 'az1-load-balancer', 'az1-kitchen-a'].map((name) => world.driver.kill(name))), { code: 'AZ_CONFLICT', message: /nothing of az1 runs/ }],
    ['faults are blocked', () => injector.setLever({ blocked: true, reason: 'incident' }), { code: 'AZ_BLOCKED', message: /incident/ }],
    ['nothing can be written down', () => (journal.refuses = 'EROFS'), { code: 'AZ_NOT_RECORDED', message: /EROFS/ }],
  ])('says that it would be refused when %s', async (_why, stand, { code, message }) => {
    await stand();
    const before = state();
    const { status, body } = await dryRun(KILL);
    expect([status, body.refusal?.code]).toEqual([200, code]);
    expect(body.refusal?.message).toMatch(message);
    expect(body.members).toHaveLength(3);
    expect(state()).toEqual(before);
    // It says what would have been answered.
    expect(await ask('POST', '/v1/faults', KILL)).toMatchObject({ body: { error: { code, message: body.refusal?.message } } });
  });

  it.each([
    ['a target that is none', '?dryRun=true', { ...KILL, target: 'az9' }, 404],
    ['a target that is refused', '?dryRun=true', { verb: 'slow', target: 'az1' }, 400],
    ['another spelling', '?dryrun=true', KILL, 400],
    ['another word', '?dryRun=yes', KILL, 400],
    ['no word', '?dryRun=', KILL, 400],
    ['twice', '?dryRun=true&dryRun=false', KILL, 400],
  ])('is never taken for the fault: %s is refused', async (_what, query, request, status) => {
    expect((await ask('POST', `/v1/faults${query}`, request)).status).toBe(status);
    expect(world.wounds()).toEqual([]);
  });
});

describe('the lever', () => {
  it('is set and told, blocks with 423, and lets heals through', async () => {
    await ask('POST', '/v1/faults', KILL);
    expect(await ask<Lever>('PUT', '/v1/lever', { blocked: true, reason: 'incident 42' })).toMatchObject({ status: 200, body: { blocked: true, reason: 'incident 42' } });
    expect((await ask<Lever>('GET', '/v1/lever')).body).toMatchObject({ blocked: true, reason: 'incident 42', sinceMs: expect.any(Number) as number });
    expect(await ask('POST', '/v1/faults', { ...KILL, target: 'az2' })).toMatchObject({ status: 423, body: { error: { code: 'AZ_BLOCKED' } } });
    expect((await ask('PUT', '/v1/faults/f1/lease', { leaseMs: 5000 })).status).toBe(200);
    expect((await ask('POST', '/v1/heal', {})).status).toBe(200);
    expect(world.wounds()).toEqual([]);
    expect((await ask<Lever>('PUT', '/v1/lever', { blocked: false })).body).toEqual({ blocked: false, reason: null, sinceMs: null });
    expect((await ask('POST', '/v1/faults', KILL)).status).toBe(201);
  });

  it.each([[{ blocked: true }], [{ blocked: true, reason: '' }], [{ blocked: 'yes', reason: 'x' }], [{ reason: 'x' }], [{ blocked: true, reason: 'x', force: true }]])('takes no %j', async (request) => {
    expect((await ask('PUT', '/v1/lever', request)).status).toBe(400);
    expect(injector.lever().blocked).toBe(false);
  });
});

it('the residue is told, and is empty again after a heal', async () => {
  await ask('POST', '/v1/faults', { ...KILL, target: 'az1-kitchen-a' });
  expect((await ask<ResidueAnswer>('GET', '/v1/residue')).body).toMatchObject({ residue: [{ name: 'az1-kitchen-a', reason: 'is dead' }], atMs: expect.any(Number) as number });
  await ask('POST', '/v1/heal', {});
  expect((await ask<ResidueAnswer>('GET', '/v1/residue')).body.residue).toEqual([]);
});
