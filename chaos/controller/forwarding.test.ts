import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INJECTOR_ROUTES, type ApiRoute } from '#contracts/api-routes.ts';
import { TestController } from './controller.fixture.ts';
import { FakeInjector } from './fake-injector.fixture.ts';

let injector: FakeInjector;
let controller: TestController;

beforeEach(async () => {
  injector = await FakeInjector.start();
  controller = await TestController.start(injector.url);
});
afterEach(async () => {
  await controller.stop();
  await injector.stop();
});

/** What each route that takes a body is sent, so that its schema lets it through. */
const BODIES: Record<string, object> = {
  break: { verb: 'kill', target: 'az1' }, renew: { leaseMs: 5000 }, heal: {}, setLever: { blocked: true, reason: 'drill' }, traffic: { ratePerSecond: 30 }, settings: { ovens: 6 },
  tellVerdict: { experiment: 'az-freeze', az: 'az1', verdict: 'PASS', atMs: 1 },
};
const PARAMS: Record<string, string> = { id: 'f1', name: 'az1-kitchen-a', what: 'events' };

const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${controller.running.api}${path}`, { method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const codeOf = async (response: Response): Promise<[number, string]> => [response.status, ((await response.json()) as { error: { code: string } }).error.code];

describe('what people ask of the region', () => {
  it.each(Object.entries(INJECTOR_ROUTES) as [string, ApiRoute][])('%s reaches the injector as it is, and its answer comes back', async (name, { method, url }) => {
    injector.answer = (_request, response) => response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'application/json', location: '/v1/faults/f9', 'x-next-seq': '7', 'x-internal': 'secret' }).end('{"told":true}');
    const path = url.replace(/:(\w+)/g, (_, param: string) => PARAMS[param] ?? '');
    const response = await ask(method, path, BODIES[name]);
    const [asked = ''] = injector.asked;
    expect(asked.replace(/\?.*?(?= |$)/, '')).toBe(`${method} ${path}${BODIES[name] === undefined ? '' : ` ${JSON.stringify(BODIES[name])}`}`);
    expect(injector.headers.host).toBe(new URL(injector.url).host);
    expect([response.status, await response.json(), response.headers.get('x-internal')]).toEqual([method === 'POST' ? 201 : 200, { told: true }, null]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('of a query passes on what the contract names, and nothing else', async () => {
    await ask('GET', '/v1/customers/records?after=12&limit=5&as=root&after=1').then((response) => expect(response.status).toBe(400));
    await ask('GET', '/v1/customers/records?after=12&limit=5&as=root');
    await ask('GET', '/v1/status?verbose=1');
    expect(injector.asked).toEqual(['GET /v1/customers/records?after=12&limit=5', 'GET /v1/status']);
  });

  it('of names makes no paths', async () => {
    await ask('DELETE', '/v1/faults/..%2f..%2fheal');
    expect(injector.asked).toEqual(['DELETE /v1/faults/..%2F..%2Fheal']);
  });

  it('is answered as the injector refuses it, code and words', async () => {
    injector.answer = (_request, response) => response.writeHead(423, { 'content-type': 'application/json', 'x-azimuth-error': 'AZ_BLOCKED' }).end('{"error":{"code":"AZ_BLOCKED","message":"incident"}}');
    const response = await ask('POST', '/v1/faults', BODIES['break']);
    expect(response.headers.get('x-azimuth-error')).toBe('AZ_BLOCKED');
    expect(await codeOf(response)).toEqual([423, 'AZ_BLOCKED']);
  });

  it('comes as it is made, however long', async () => {
    let more: ServerResponse | null = null;
    injector.answer = (_request, response) => void (more = response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-next-seq': '2' })).write('{"seq":1}\n');
    const response = await ask('GET', '/v1/customers/records');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{"seq":1}\n');
    (more as ServerResponse | null)?.end('{"seq":2}\n');
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{"seq":2}\n');
    expect(response.headers.get('x-next-seq')).toBe('2');
  });
});

describe('what does not reach the injector', () => {
  it.each<[what: string, method: string, path: string, body: unknown, headers: Record<string, string>, refusal: [number, string]]>([
    ['a path that is not in the contract', 'GET', '/v1/metrics', undefined, {}, [404, 'AZ_NOT_FOUND']],
    ['another method', 'DELETE', '/v1/lever', undefined, {}, [404, 'AZ_NOT_FOUND']],
    ['a body that the schema does not let through', 'POST', '/v1/faults', { verb: 'kill', target: 'az1', force: true }, {}, [400, 'AZ_BAD_REQUEST']],
    ['a body that is too large', 'POST', '/v1/heal', { target: 'x'.repeat(70_000) }, {}, [413, 'AZ_BODY_TOO_LARGE']],
    ['a page of another origin', 'POST', '/v1/heal', {}, { origin: 'https://evil.example' }, [403, 'AZ_FORBIDDEN_ORIGIN']],
    ['a page that says so', 'DELETE', '/v1/faults/f1', undefined, { 'sec-fetch-site': 'cross-site' }, [403, 'AZ_FORBIDDEN_ORIGIN']],
    ['text', 'POST', '/v1/heal', {}, { 'content-type': 'text/plain' }, [415, 'AZ_MEDIA_TYPE']],
  ])('%s', async (_what, method, path, body, headers, refusal) => {
    expect(await codeOf(await ask(method, path, body, headers))).toEqual(refusal);
    expect(injector.asked).toEqual([]);
  });

  it('a rebound name', async () => {
    const answer = await controller.app.inject({ method: 'GET', url: '/v1/status', headers: { host: 'evil.example:8090' } });
    expect([answer.statusCode, answer.headers['x-azimuth-error']]).toEqual([403, 'AZ_FORBIDDEN_ORIGIN']);
  });
});

describe('an injector that does not answer', () => {
  it('and is not there is 502, with what to do', async () => {
    await injector.stop();
    const response = await ask('GET', '/v1/status');
    expect(response.headers.get('x-azimuth-error')).toBe('AZ_INJECTOR_GONE');
    expect(await response.json()).toMatchObject({ error: { code: 'AZ_INJECTOR_GONE', message: expect.stringContaining('docker compose ps injector') as string } });
    injector = await FakeInjector.start();
  });

  it('and goes away over it is 502 too', async () => {
    injector.answer = (request) => request.socket.destroy();
    expect(await codeOf(await ask('POST', '/v1/heal', {}))).toEqual([502, 'AZ_INJECTOR_GONE']);
  });

  it('in time is 504', async () => {
    injector.answer = () => undefined;
    const route = INJECTOR_ROUTES.lever as { timeoutMs: number };
    const { timeoutMs } = route;
    route.timeoutMs = 200;
    try {
      expect(await codeOf(await ask('GET', '/v1/lever'))).toEqual([504, 'AZ_INJECTOR_SILENT']);
    } finally {
      route.timeoutMs = timeoutMs;
    }
  });
});
