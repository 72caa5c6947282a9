import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Region } from '#contracts/region.ts';
import { createLogger } from '#kit/log.ts';
import { createApi } from './api.ts';
import { unlistedAnswers } from './api-answers.fixture.ts';
import { FakeDriver, foundNowhere, smallRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import { MemoryJournal } from './memory-journal.fixture.ts';

const PORT = 8090;
const HOST = { host: `127.0.0.1:${PORT}` };
const AS_JSON = { ...HOST, 'content-type': 'application/json' };

let customers: Server;
let driver: FakeDriver;
let injector: Injector;
let app: FastifyInstance;
let unlisted: readonly string[];

beforeEach(async () => {
  customers = createServer((request, response) => {
    if (request.url?.startsWith('/records') === true) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-next-seq': '7', 'x-internal': 'secret' });
      response.end(`${JSON.stringify({ asked: request.url })}\n`);
      return;
    }
    response.writeHead(request.method === 'PUT' ? 200 : 404, { 'content-type': 'application/json' });
    request.pipe(response);
  });
  await new Promise<void>((resolve) => customers.listen(0, '127.0.0.1', resolve));
  const region: Region = smallRegion();
  const endpoint = region.endpoints.find(({ name }) => name === 'customers');
  if (endpoint !== undefined) endpoint.admin = { host: '127.0.0.1', port: (customers.address() as AddressInfo).port };
  driver = new FakeDriver(region);
  injector = new Injector({ region, driver, journal: new MemoryJournal(), found: foundNowhere });
  app = createApi(injector, { port: PORT, log: createLogger('injector', 'silent') });
  unlisted = unlistedAnswers(app);
});

afterEach(async () => {
  injector.close();
  await app.close();
  customers.close();
  expect(unlisted).toEqual([]);
});

const dead = (): number => driver.components().filter(({ state }) => state === 'dead').length;
const KILL = { verb: 'kill', target: 'az1' };

describe('a page of another origin cannot kill anything', () => {
  it.each([
    ['by a form', { ...HOST, 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' }, 'verb=kill&target=az1', 403],
    ['by a form from nowhere', { ...HOST, 'content-type': 'application/x-www-form-urlencoded' }, 'verb=kill&target=az1', 415],
    ['by JSON disguised as text', { ...HOST, 'content-type': 'text/plain' }, JSON.stringify(KILL), 415],
    ['by JSON without a type', HOST, JSON.stringify(KILL), 415],
    ['by JSON, preflight or not', { ...AS_JSON, origin: 'https://evil.example' }, JSON.stringify(KILL), 403],
    ['by a rebound name', { ...AS_JSON, host: 'evil.example:8090' }, JSON.stringify(KILL), 403],
  ])('%s', async (_how, headers, payload, status) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/faults', headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.json<{ error: { code: string } }>().error.code).toMatch(/^AZ_/);
    expect(dead()).toBe(0);
  });

  it('nor is it ever allowed to ask: no CORS header on a preflight', async () => {
    const headers = { ...HOST, origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    const answer = await app.inject({ method: 'OPTIONS', url: '/v1/faults', headers });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('nor by an address that does not exist', async () => {
    const answer = await app.inject({ method: 'POST', url: '/v1/nothing', headers: { ...HOST, 'content-type': 'text/plain' }, payload: 'x' });
    expect(answer.statusCode).toBe(415);
  });
});

describe('the API', () => {
  it('kills, lists, heals and forgets', async () => {
    const killed = await app.inject({ method: 'POST', url: '/v1/faults', headers: AS_JSON, payload: KILL });
    expect(killed.statusCode).toBe(201);
    expect(killed.headers['location']).toBe('/v1/faults/f1');
    expect(dead()).toBe(4);
    const renewed = await app.inject({ method: 'PUT', url: '/v1/faults/f1/lease', headers: AS_JSON, payload: { leaseMs: 20_000 } });
    expect(renewed.statusCode).toBe(200);
    const listed = await app.inject({ url: '/v1/faults', headers: HOST });
    expect(listed.json<{ faults: unknown[] }>().faults).toHaveLength(1);
    const healed = await app.inject({ method: 'DELETE', url: '/v1/faults/f1', headers: HOST });
    expect(healed.json<{ healed: string[] }>().healed).toHaveLength(4);
    expect(dead()).toBe(0);
    expect((await app.inject({ method: 'DELETE', url: '/v1/faults/f1', headers: HOST })).statusCode).toBe(404);
  });

  it('heals everything by an empty body', async () => {
    await driver.kill('az1-kitchen-a');
    const answer = await app.inject({ method: 'POST', url: '/v1/heal', headers: AS_JSON, payload: '' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json<{ healed: string[] }>().healed).toEqual(['az1-kitchen-a']);
  });

  it.each([
    ['half a document', '{"verb":"kill"', 400],
    ['no document', '', 400],
    ['a list', '[]', 400],
    ['a verb that is none', JSON.stringify({ verb: 'smash', target: 'az1' }), 400],
    ['a lease that is no number', JSON.stringify({ ...KILL, leaseMs: '10' }), 400],
    ['a lease without end', JSON.stringify({ ...KILL, leaseMs: 1e12 }), 400],
    ['a property that is unknown', JSON.stringify({ ...KILL, quiet: true }), 400],
    ['a silent kill of a replica', JSON.stringify({ verb: 'kill', target: 'az1-kitchen-a', silent: true }), 400],
    ['silence where nothing has a network', JSON.stringify({ ...KILL, silent: true }), 422],
    ['a poisoned prototype', '{"verb":"kill","target":"az1","__proto__":{"x":1}}', 400],
    ['an AZ that is none', JSON.stringify({ verb: 'kill', target: 'az9' }), 404],
    ['a latency for a kill', JSON.stringify({ ...KILL, latencyMs: 400 }), 400],
    ['a latency that is text', JSON.stringify({ verb: 'slow', target: 'az1', latencyMs: '400' }), 400],
    ['a latency of an hour', JSON.stringify({ verb: 'slow', target: 'az1', latencyMs: 3_600_000 }), 400],
    ['no latency', JSON.stringify({ verb: 'slow', target: 'az1' }), 400],
    ['a peer that is none', JSON.stringify({ verb: 'cut', target: 'az1', peer: 'az9' }), 400],
    ['a peer that is the target', JSON.stringify({ verb: 'cut', target: 'az1', peer: 'az1' }), 400],
    ['a share of nothing', JSON.stringify({ verb: 'flaky', target: 'az1', share: 0 }), 400],
    ['a replica to isolate', JSON.stringify({ verb: 'isolate', target: 'az1-kitchen-a' }), 400],
    ['links where there are none', JSON.stringify({ verb: 'isolate', target: 'az1' }), 422],
    ['the front door', JSON.stringify({ verb: 'kill', target: 'front-door' }), 409],
    ['more than 64 KiB', JSON.stringify({ ...KILL, reason: 'x'.repeat(70_000) }), 413],
  ])('answers %s with one error of the catalogue, and does nothing', async (_what, payload, status) => {
    const answer = await app.inject({ method: 'POST', url: '/v1/faults', headers: AS_JSON, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['x-azimuth-error']).toBe(answer.json<{ error: { code: string } }>().error.code);
    expect(dead()).toBe(0);
  });

  it('refuses a body of a gibibyte before it has come', async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const guarded = createApi(injector, { port, log: createLogger('injector', 'silent') });
    await app.close();
    await guarded.listen({ host: '127.0.0.1', port });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST /v1/heal HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n${'x'.repeat(1000)}`);
      });
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
      socket.once('error', reject);
    });
    await guarded.close();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("passes the customers' records on, with the cursor and nothing internal", async () => {
    const answer = await app.inject({ url: '/v1/customers/records?after=3&limit=4', headers: HOST });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'x-next-seq': '7' });
    expect(answer.headers).not.toHaveProperty('x-internal');
    expect(answer.body).toBe('{"asked":"/records?after=3&limit=4"}\n');
  });

  it('passes traffic on to the customers', async () => {
    const answer = await app.inject({ method: 'PUT', url: '/v1/traffic', headers: AS_JSON, payload: { ratePerSecond: 300, arm: 'bare' } });
    expect(answer.json()).toEqual({ ratePerSecond: 300, arm: 'bare' });
  });

  it('says of an instance that does not answer that it is silent, and of a name that is none that it is unknown', async () => {
    expect((await app.inject({ url: '/v1/instances/az1-kitchen-a/baked', headers: HOST })).statusCode).toBe(504);
    expect((await app.inject({ url: '/v1/instances/az1-kitchen-z/baked', headers: HOST })).statusCode).toBe(404);
    expect((await app.inject({ url: '/v1/instances/az1-kitchen-a/secrets', headers: HOST })).statusCode).toBe(400);
  });

  it('says how the region is found', async () => {
    const answer = await app.inject({ url: '/v1/running', headers: HOST });
    expect(answer.json()).toEqual({ schema: 'azimuth.running/1', region: 'small', body: 'embedded', pid: null, startedMs: 0, api: 'http://127.0.0.1:8090', urls: {} });
  });

  it('says that the region does not serve, and what is missing', async () => {
    expect((await app.inject({ url: '/v1/serving', headers: HOST })).json()).toMatchObject({ serving: false, missing: expect.arrayContaining(['front-door does not answer']) as string[] });
    await driver.kill('az1-kitchen-a');
    const answer = await app.inject({ url: '/v1/serving', headers: HOST });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ serving: false, missing: ['az1-kitchen-a is dead'] });
  });

  it('keeps verdicts for who shows them, and refuses what is none or too many', async () => {
    const kept: unknown[] = [];
    const keeping = createApi(injector, { port: PORT, log: createLogger('injector', 'silent'), onVerdict: (report) => kept.push(report) < 2 });
    const unlistedThere = unlistedAnswers(keeping);
    const tell = (payload: object): Promise<{ statusCode: number }> => keeping.inject({ method: 'PUT', url: '/v1/verdicts', headers: AS_JSON, payload });
    const report = { experiment: 'az-power-loss', az: 'az1', verdict: 'PASS', atMs: 5 };
    expect((await tell(report)).statusCode).toBe(204);
    expect((await tell({ ...report, verdict: 'SPLENDID' })).statusCode).toBe(400);
    expect((await tell(report)).statusCode).toBe(409);
    expect(kept).toEqual([report, report]);
    expect(unlistedThere).toEqual([]);
    await keeping.close();
  });

  it('tells the state of the region although nobody in it answers', async () => {
    const answer = await app.inject({ url: '/v1/status', headers: HOST });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ region: 'small', customers: null, settings: { rescue: true, ovens: 8 } });
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});
