import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, openUpstream, startLink, type Answer, type TestServer } from './link.fixture.ts';

afterEach(closeAll);

const UPSTREAM = '127.0.0.1:9';

/** An error's answer, whole. */
function refused(answer: Answer, status: number, error: unknown): void {
  expect(answer).toMatchObject({ status, json: { error, status } });
  expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  expect(answer.text).toMatch(/\}\n$/);
}

async function withProxy(): Promise<TestServer> {
  const server = await startLink();
  await server.call('POST', '/proxies', { name: 'redis', listen: '127.0.0.1:0', upstream: UPSTREAM });
  return server;
}

describe('transport', () => {
  test('every answer says who gives it, and every route that there is has a request id', async () => {
    const { call } = await startLink();
    const found = await call('GET', '/proxies');
    expect(found.headers).toMatchObject({ 'x-toxiproxy-implementation': 'azimuth/0.1.0', 'x-toxiproxy-request-id': expect.stringMatching(/.{10}/) as string, 'content-type': 'application/json' });
    const missing = await call('GET', '/nope');
    expect(missing.headers).toMatchObject({ 'x-toxiproxy-implementation': 'azimuth/0.1.0' });
    expect(missing.headers).not.toHaveProperty('x-toxiproxy-request-id');
  });

  test.each(['/nope', '/', '/proxies/', '/version/', '/proxies/redis/', '/proxies/redis/toxics/', '/proxies/a%2Fb', '/metrics/x', '/proxies/a/b'])('%s is 404 in plain text', async (path) => {
    const { call } = await withProxy();
    expect(await call('GET', path)).toMatchObject({ status: 404, text: '404 page not found\n', headers: { 'content-type': 'text/plain; charset=utf-8' } });
  });

  test.each([
    ['HEAD', '/proxies'], ['OPTIONS', '/proxies'], ['PUT', '/proxies/redis'], ['DELETE', '/proxies'], ['GET', '/populate'], ['GET', '/reset'],
    ['POST', '/version'], ['PATCH', '/proxies/redis/toxics'], ['PUT', '/proxies/redis/toxics/x'], ['PROPFIND', '/proxies'], ['TRACE', '/version'],
  ])('%s %s is 405 with nothing in it', async (method, path) => {
    const { call } = await withProxy();
    const answer = await call(method, path);
    expect(answer).toMatchObject({ status: 405, text: '' });
    expect(answer.headers).not.toHaveProperty('allow');
    expect(answer.headers).not.toHaveProperty('x-toxiproxy-request-id');
  });

  test.each([['//proxies', '/proxies'], ['/proxies//redis?a=1', '/proxies/redis?a=1'], ['/x/../version', '/version'], ['/proxies/%2Ftoxics', '/proxies/toxics']])(
    '%s is sent on to %s', async (path, location) => {
      const { call } = await startLink();
      expect(await call('GET', path)).toMatchObject({ status: 301, headers: { location }, text: '' });
    });

  test('a browser is refused on every route that there is, and only there', async () => {
    const { call } = await startLink();
    const browser = { 'user-agent': 'Mozilla/5.0 (X11)' };
    for (const path of ['/proxies', '/version', '/metrics']) {
      expect(await call('GET', path, undefined, browser)).toMatchObject({ status: 403, text: 'User agent not allowed\n', headers: { 'content-type': 'text/plain; charset=utf-8', 'x-toxiproxy-request-id': expect.any(String) as string } });
    }
    expect((await call('GET', '/nope', undefined, browser)).status).toBe(404);
    expect((await call('PUT', '/proxies', undefined, browser)).status).toBe(405);
    for (const agent of ['mozilla/5.0', 'x Mozilla/5.0', 'Wget/1.2']) expect((await call('GET', '/version', undefined, { 'user-agent': agent })).status).toBe(200);
  });

  test('the index is sorted by name, numbers among the rest', async () => {
    const { call } = await startLink();
    for (const name of ['b', '9', '10', '__proto__', 'A']) await call('POST', '/proxies', { name, upstream: UPSTREAM, enabled: false });
    expect([...(await call('GET', '/proxies')).text.matchAll(/"([^"]*)":\{/g)].map(([, name]) => name)).toEqual(['10', '9', 'A', '__proto__', 'b']);
  });

  test('the version is that of the protocol, spelled as the reference does', async () => {
    const { call } = await startLink();
    expect(await call('GET', '/version')).toMatchObject({ status: 200, text: '{"version": "2.12.0"}\n', headers: { 'content-type': 'application/json;charset=utf-8' } });
  });

  test.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain', ';;;not a type', undefined])('the content type %s of a request does not matter', async (type) => {
    const { call } = await startLink();
    const answer = await call('POST', '/proxies', { name: 'a', upstream: UPSTREAM, enabled: false }, type === undefined ? {} : { 'content-type': type });
    expect(answer.status).toBe(201);
  });

  test('a JSON content type with an empty body is accepted where no body is read', async () => {
    const { call } = await withProxy();
    const json = { 'content-type': 'application/json' };
    expect(await call('POST', '/reset', '', json)).toMatchObject({ status: 204, text: '' });
    expect((await call('GET', '/proxies', undefined, json)).status).toBe(200);
    expect(await call('DELETE', '/proxies/redis', undefined, json)).toMatchObject({ status: 204, text: '' });
  });

  test('a body of a gibibyte is refused before it was sent', async () => {
    const { port } = await startLink();
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /populate HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n[');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer.toString()).toContain('request body too large');
  });

  test('what is no HTTP ends its connection and nothing else', async () => {
    const { port, call } = await startLink();
    const socket = connect(port, '127.0.0.1');
    socket.write('\x16\x03\x01 hello\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    await once(socket.resume(), 'close');
    expect((await call('GET', '/proxies/%zz')).status).toBe(400);
    expect((await call('GET', '/version')).status).toBe(200);
  });
});

describe('refusals', () => {
  test.each([
    ['', 'bad request body: EOF'],
    ['{"name"', expect.stringMatching(/^bad request body: /)],
    ['[]', expect.stringMatching(/^bad request body: /)],
    ['"x"', expect.stringMatching(/^bad request body: /)],
    ['{"name": 5, "upstream": "a:1"}', expect.stringMatching(/^bad request body: /)],
    ['{"name": "a", "upstream": "a:1", "enabled": "yes"}', expect.stringMatching(/^bad request body: /)],
    ['{}', 'missing required field: name'],
    ['null', 'missing required field: name'],
    ['{"name": "", "upstream": "a:1"}', 'missing required field: name'],
    ['{"name": "a"}', 'missing required field: upstream'],
  ])('creating a proxy with %j is 400', async (body, error) => {
    const { call } = await startLink();
    refused(await call('POST', '/proxies', body), 400, error);
    expect((await call('GET', '/proxies')).json).toEqual({});
  });

  test.each([
    ['GET', '/proxies/none'], ['POST', '/proxies/none'], ['PATCH', '/proxies/none'], ['DELETE', '/proxies/none'], ['GET', '/proxies/none/toxics'], ['POST', '/proxies/none/toxics'],
    ['GET', '/proxies/none/toxics/x'], ['POST', '/proxies/none/toxics/x'], ['DELETE', '/proxies/none/toxics/x'], ['GET', '/proxies/__proto__'], ['GET', `/proxies/${'long'.repeat(500)}`],
  ])('%s %s of no proxy is 404, whatever its body', async (method, path) => {
    const { call } = await startLink();
    refused(await call(method, path, method === 'GET' || method === 'DELETE' ? undefined : '{'), 404, 'proxy not found');
  });

  test('a name that is taken is 409, and no port is bound for it', async () => {
    const { call } = await withProxy();
    const { address } = await openUpstream();
    // Were it bound first, the taken port would be 500.
    refused(await call('POST', '/proxies', { name: 'redis', listen: address, upstream: UPSTREAM }), 409, 'proxy already exists');
  });

  test.each([
    [{ type: 'latency', stream: 'sideways' }, 400, 'stream was invalid, can be either upstream or downstream'],
    [{ type: 'latency', stream: '' }, 400, 'stream was invalid, can be either upstream or downstream'],
    [{ type: 'nope', stream: 'sideways' }, 400, 'stream was invalid, can be either upstream or downstream'],
    [{ type: 'nope' }, 400, 'invalid toxic type'],
    [{ type: 'down' }, 400, 'invalid toxic type'],
    [{ type: 'toString' }, 400, 'invalid toxic type'],
    [{}, 400, 'invalid toxic type'],
    [{ type: 'nope', name: 'taken' }, 400, 'invalid toxic type'],
    [{ type: 'latency', name: 'taken', stream: 'upstream', attributes: { latency: 'x' } }, 409, 'toxic already exists'],
    [{ type: 'latency', attributes: { latency: '100' } }, 400, expect.stringMatching(/^bad request body: /)],
    [{ type: 'latency', attributes: { latency: 1.5 } }, 400, expect.stringMatching(/^bad request body: /)],
    ['{"type": "latency", "attributes": {"latency": 1.0}}', 400, expect.stringMatching(/^bad request body: /)],
    ['{"type": "latency", "attributes": {"latency": 1e3}}', 400, expect.stringMatching(/^bad request body: /)],
    ['{"type": "latency", "attributes": {"latency": 9223372036854775808}}', 400, expect.stringMatching(/^bad request body: /)],
    ['{"type": "latency", "toxicity": 1e300}', 400, expect.stringMatching(/^bad request body: /)],
    [{ type: 'latency', attributes: [] }, 400, expect.stringMatching(/^bad request body: /)],
    [{ type: 'latency', toxicity: '1' }, 400, expect.stringMatching(/^bad request body: /)],
    [{ type: 'latency', ttl_ms: 0 }, 400, expect.stringMatching(/^bad request body: "ttl_ms"/)],
    [{ type: 'latency', ttl_ms: 2 ** 31 }, 400, expect.stringMatching(/^bad request body: "ttl_ms"/)],
    ['', 400, 'bad request body: EOF'],
  ])('a toxic of %j is refused', async (body, status, error) => {
    const { call } = await withProxy();
    await call('POST', '/proxies/redis/toxics', { name: 'taken', type: 'noop' });
    refused(await call('POST', '/proxies/redis/toxics', body), status as number, error);
    expect((await call('GET', '/proxies/redis/toxics')).json).toHaveLength(1);
  });

  test('an unknown toxic is 404', async () => {
    const { call } = await withProxy();
    refused(await call('GET', '/proxies/redis/toxics/x'), 404, 'toxic not found');
    refused(await call('PATCH', '/proxies/redis/toxics/x', '{'), 404, 'toxic not found');
    refused(await call('DELETE', '/proxies/redis/toxics/x'), 404, 'toxic not found');
  });

  test('a rejected update changes nothing, not even what came before the mistake', async () => {
    const { call } = await withProxy();
    const path = '/proxies/redis/toxics/latency_downstream';
    const { json: before } = await call('POST', '/proxies/redis/toxics', { type: 'latency', attributes: { latency: 5, jitter: 1 } });
    refused(await call('PATCH', path, '{"attributes": {"latency": 33, "jitter": "x"}, "toxicity": 0.5}'), 400, expect.stringMatching(/^bad request body: /));
    expect((await call('GET', path)).json).toEqual(before);
  });
});

describe('toxics', () => {
  test('defaults are downstream, all connections, a name of type and stream, all attributes zero', async () => {
    const { call } = await withProxy();
    const answer = await call('POST', '/proxies/redis/toxics', { type: 'latency', attributes: null, unknown: 1 });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.text).toBe('{"attributes":{"latency":0,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}');
  });

  test('the stream is echoed as it was written, also in the name', async () => {
    const { call } = await withProxy();
    expect((await call('POST', '/proxies/redis/toxics', { type: 'bandwidth', stream: 'UpStream' })).json).toMatchObject({ name: 'bandwidth_UpStream', stream: 'UpStream' });
  });

  test('keys are matched in any case, null keeps the default, what follows the value is ignored', async () => {
    const { call } = await withProxy();
    const answer = await call('POST', '/proxies/redis/toxics', '{"TYPE":"slicer","Attributes":{"Average_Size":7,"size_variation":null,"other":"x"},"stream":null,"toxicity":-1} and so on');
    expect(answer.json).toEqual({ attributes: { average_size: 7, size_variation: 0, delay: 0 }, name: 'slicer_downstream', type: 'slicer', stream: 'downstream', toxicity: -1 });
  });

  test('an update merges attribute by attribute and changes neither name, type nor stream', async () => {
    const { call } = await withProxy();
    await call('POST', '/proxies/redis/toxics', { type: 'latency', name: 'slow', attributes: { latency: 5, jitter: 1 } });
    const merged = { attributes: { latency: 5, jitter: 9 }, name: 'slow', type: 'latency', stream: 'downstream', toxicity: 0.2 };
    const answer = await call('PATCH', '/proxies/redis/toxics/slow', { name: 'x', type: 'noop', stream: 'upstream', attributes: { jitter: 9 }, toxicity: 0.2 });
    expect(answer).toMatchObject({ status: 200, json: merged });
    expect((await call('POST', '/proxies/redis/toxics/slow', {})).json).toEqual(merged);
    expect((await call('GET', '/proxies/redis/toxics/slow')).json).toEqual(merged);
  });

  test('those of the upstream stream are listed first, and names are unique over both', async () => {
    const { call } = await withProxy();
    for (const [name, stream] of [['a', 'downstream'], ['b', 'upstream'], ['c', 'downstream'], ['d', 'upstream']]) await call('POST', '/proxies/redis/toxics', { type: 'noop', name, stream });
    const { json } = await call('GET', '/proxies/redis');
    expect((json as { toxics: { name: string }[] }).toxics.map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c']);
    refused(await call('POST', '/proxies/redis/toxics', { type: 'noop', name: 'a', stream: 'upstream' }), 409, 'toxic already exists');
    expect(await call('DELETE', '/proxies/redis/toxics/a')).toMatchObject({ status: 204, text: '' });
    refused(await call('DELETE', '/proxies/redis/toxics/a'), 404, 'toxic not found');
  });

  test('a time to live is echoed where it was given, and nowhere else', async () => {
    const { call } = await withProxy();
    expect((await call('POST', '/proxies/redis/toxics', { type: 'noop', ttl_ms: 60_000 })).json).toMatchObject({ ttl_ms: 60_000 });
    expect((await call('PATCH', '/proxies/redis/toxics/noop_downstream', { ttl_ms: 70_000 })).json).toMatchObject({ ttl_ms: 70_000 });
    expect((await call('POST', '/proxies/redis/toxics', { type: 'noop', stream: 'upstream' })).json).not.toHaveProperty('ttl_ms');
  });
});
