import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '#kit/free-port.ts';
import { closeAll, connectTo, echo, endOf, openUpstream, startLink, type TestServer } from './link.fixture.ts';

afterEach(closeAll);

interface Shown {
  name: string;
  listen: string;
  upstream: string;
  enabled: boolean;
  toxics: { name: string }[];
}

const UPSTREAM = '127.0.0.1:9';

async function create(server: TestServer, body: object): Promise<Shown> {
  const answer = await server.call('POST', '/proxies', { name: 'a', upstream: UPSTREAM, ...body });
  expect(answer.status, answer.text).toBe(201);
  return answer.json as Shown;
}

/** A port that is free now. */
const refuses = (address: string): Promise<void> => expect(connectTo(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

describe('listening', () => {
  test.each([
    ['localhost:0', /^127\.0\.0\.1:\d+$/], ['127.0.0.1:0', /^127\.0\.0\.1:\d+$/], ['[::1]:0', /^\[::1\]:\d+$/],
    ['', /^\[::\]:\d+$/], [':0', /^\[::\]:\d+$/], [null, /^\[::\]:\d+$/], ['0.0.0.0:0', /^\[::\]:\d+$/],
  ])('%j is shown as the address that it became', async (listen, shown) => {
    const server = await startLink();
    expect((await create(server, { listen })).listen).toMatch(shown);
  });

  test.each([
    ['nowhere', 'listen tcp: address nowhere: missing port in address'],
    ['127.0.0.1:99999', 'listen tcp: address 99999: invalid port'],
    ['1:2:3', 'listen tcp: address 1:2:3: too many colons in address'],
    ['[::1', "listen tcp: address [::1: missing ']' in address"],
    ['no-such-host.invalid:0', 'listen tcp: lookup no-such-host.invalid: no such host'],
  ])('%s cannot be listened on, in the reference’s words', async (listen, error) => {
    const server = await startLink();
    const answer = await server.call('POST', '/proxies', { name: 'a', listen, upstream: UPSTREAM });
    expect(answer).toMatchObject({ status: 500, json: { error, status: 500 } });
    expect((await server.call('GET', '/proxies')).json).toEqual({});
  });

  test('a port in use is named as resolved, and can be had once it is free', async () => {
    const server = await startLink();
    const { listen } = await create(server, { listen: 'localhost:0' });
    const asked = listen.replace('127.0.0.1', 'localhost');
    const taken = await server.call('POST', '/proxies', { name: 'b', listen: asked, upstream: UPSTREAM });
    expect(taken).toMatchObject({ status: 500, json: { error: `listen tcp ${listen}: bind: address already in use` } });
    expect((await server.call('DELETE', '/proxies/a')).status).toBe(204);
    expect((await server.call('DELETE', '/proxies/a')).status).toBe(404);
    expect((await create(server, { name: 'b', listen: asked })).listen).toBe(listen);
  });

  test('created disabled it keeps the text of the request and binds nothing', async () => {
    const server = await startLink();
    const port = await freePort();
    expect(await create(server, { listen: `localhost:${port}`, enabled: false })).toMatchObject({ listen: `localhost:${port}`, enabled: false });
    await refuses(`127.0.0.1:${port}`);
    expect((await server.call('POST', '/proxies/a', { enabled: true })).json).toMatchObject({ listen: `127.0.0.1:${port}`, enabled: true });
    (await connectTo(`127.0.0.1:${port}`)).destroy();
  });

  test('two creates of one name at once give one proxy', async () => {
    const server = await startLink();
    const both = await Promise.all([1, 2].map(() => server.call('POST', '/proxies', { name: 'a', listen: '127.0.0.1:0', upstream: UPSTREAM })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test('toxics in the body are ignored', async () => {
    const server = await startLink();
    expect((await create(server, { toxics: [{ type: 'noop' }], enabled: false })).toxics).toEqual([]);
  });
});

describe('updating', () => {
  test('disabling closes what is open and refuses what comes; enabling takes the same port, toxics stay', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const { listen } = await create(server, { listen: '127.0.0.1:0', upstream: address });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop' });
    const socket = await connectTo(listen);
    expect(await echo(socket, 'hello')).toBe('hello');
    expect((await server.call('POST', '/proxies/a', { enabled: false })).json).toMatchObject({ listen, enabled: false, toxics: [{ name: 'noop_downstream' }] });
    expect(await endOf(socket)).toBe('end');
    await refuses(listen);
    expect((await server.call('POST', '/proxies/a', { enabled: true })).json).toMatchObject({ listen, enabled: true, toxics: [{ name: 'noop_downstream' }] });
    expect(await echo(await connectTo(listen), 'again')).toBe('again');
  });

  test('what comes to the same keeps open connections', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const { listen } = await create(server, { listen: '127.0.0.1:0', upstream: address });
    const socket = await connectTo(listen);
    for (const body of [{}, { enabled: true }, { listen, upstream: address, enabled: true }, { listen: listen.replace('127.0.0.1', 'localhost') }, { listen: null, name: 'x' }]) {
      expect((await server.call('PATCH', '/proxies/a', body)).json).toMatchObject({ name: 'a', listen, upstream: address, enabled: true });
      expect(await echo(socket, 'still here')).toBe('still here');
    }
  });

  test('another upstream closes what is open and is dialled from then on', async () => {
    const server = await startLink();
    const [one, two] = [await openUpstream((socket) => socket.write('one')), await openUpstream((socket) => socket.write('two'))];
    const { listen } = await create(server, { listen: '127.0.0.1:0', upstream: one.address });
    const socket = await connectTo(listen);
    expect(String((await once(socket, 'data'))[0])).toBe('one');
    expect((await server.call('POST', '/proxies/a', { upstream: two.address })).json).toMatchObject({ listen, upstream: two.address });
    expect(await endOf(socket)).toBe('end');
    expect(String((await once(await connectTo(listen), 'data'))[0])).toBe('two');
  });

  test('another port is taken, the old one is free, toxics stay', async () => {
    const server = await startLink();
    const { listen } = await create(server, { listen: '127.0.0.1:0' });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop' });
    const { json } = await server.call('POST', '/proxies/a', { listen: '127.0.0.1:0' });
    expect(json).toMatchObject({ enabled: true, toxics: [{ name: 'noop_downstream' }] });
    expect((json as Shown).listen).not.toBe(listen);
    await refuses(listen);
  });

  test('a disabled one stores what it is told', async () => {
    const server = await startLink();
    await create(server, { listen: '127.0.0.1:0', enabled: false });
    expect((await server.call('POST', '/proxies/a', { listen: 'localhost:1', upstream: 'x:1' })).json).toMatchObject({ listen: 'localhost:1', upstream: 'x:1', enabled: false });
  });

  test.each([
    ['nowhere', 'address nowhere: missing port in address'], ['127.0.0.1:99999', 'address 99999: invalid port'], ['no-such-host.invalid:1', 'lookup no-such-host.invalid: no such host'],
  ])('a listen of %s is 500 and changes nothing', async (listen, error) => {
    const server = await startLink();
    const { address } = await openUpstream();
    const before = await create(server, { listen: '127.0.0.1:0', upstream: address });
    const socket = await connectTo(before.listen);
    expect(await server.call('POST', '/proxies/a', { listen, upstream: 'x:1', enabled: false })).toMatchObject({ status: 500, json: { error } });
    expect((await server.call('GET', '/proxies/a')).json).toEqual(before);
    expect(await echo(socket, 'still here')).toBe('still here');
  });

  test('a port that is taken leaves it disabled with the new address, and it can be started later', async () => {
    const server = await startLink();
    const other = await openUpstream();
    await create(server, { listen: '127.0.0.1:0' });
    const answer = await server.call('POST', '/proxies/a', { listen: other.address });
    expect(answer).toMatchObject({ status: 500, json: { error: `listen tcp ${other.address}: bind: address already in use` } });
    expect((await server.call('GET', '/proxies/a')).json).toMatchObject({ listen: other.address, enabled: false });
    other.server.close();
    await once(other.server, 'close');
    expect((await server.call('POST', '/proxies/a', { enabled: true })).json).toMatchObject({ listen: other.address, enabled: true });
  });
});

describe('populate', () => {
  test('applies in order and answers with what there is', async () => {
    const server = await startLink();
    const answer = await server.call('POST', '/populate', [{ name: 'b', listen: '127.0.0.1:0', upstream: UPSTREAM }, { name: 'a', listen: 'localhost:7', upstream: UPSTREAM, enabled: false }]);
    expect(answer).toMatchObject({
      status: 201, headers: { 'content-type': 'application/json' },
      json: { proxies: [{ name: 'b', enabled: true, listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]/) as string, toxics: [] }, { name: 'a', enabled: false, listen: 'localhost:7' }] },
    });
    expect(Object.keys((await server.call('GET', '/proxies')).json as object)).toEqual(['a', 'b']);
  });

  test.each([
    ['{}', /^bad request body: /], ['', /^bad request body: EOF$/], ['[{"name": 1}]', /^bad request body: /],
    ['[{"name": "a", "upstream": "x:1", "listen": "127.0.0.1:0"}, {"upstream": "x:1"}]', /^missing required field: name at proxy 2$/],
    ['[{"name": "a", "upstream": "x:1"}, {"name": "b"}]', /^missing required field: upstream at proxy 2$/],
    ['[null]', /^missing required field: name at proxy 1$/],
  ])('%s is 400 as JSON, and nothing is made', async (body, error) => {
    const server = await startLink();
    const answer = await server.call('POST', '/populate', body);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' }, json: { error: expect.stringMatching(error) as string, status: 400, proxies: [] } });
    expect(answer.text).not.toMatch(/\n$/);
    expect((await server.call('GET', '/proxies')).json).toEqual({});
  });

  test.each(['[]', 'null'])('%s gives an empty list, which the Node client can read', async (body) => {
    const server = await startLink();
    expect(await server.call('POST', '/populate', body)).toMatchObject({ status: 201, json: { proxies: [] } });
  });

  test('one that is the same is left alone, toxics, connections and enabled included', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const { listen } = await create(server, { listen: '127.0.0.1:0', upstream: address });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop' });
    const socket = await connectTo(listen);
    const same = await server.call('POST', '/populate', [{ name: 'a', listen: listen.replace('127.0.0.1', 'localhost'), upstream: address, enabled: false }]);
    expect(same).toMatchObject({ status: 201, json: { proxies: [{ listen, enabled: true, toxics: [{ name: 'noop_downstream' }] }] } });
    expect(await echo(socket, 'still here')).toBe('still here');
    await server.call('POST', '/proxies/a', { enabled: false });
    expect((await server.call('POST', '/populate', [{ name: 'a', listen, upstream: address, enabled: true }])).json).toMatchObject({ proxies: [{ enabled: false }] });
  });

  test('one that differs is replaced, without toxics; port 0 always differs', async () => {
    const server = await startLink();
    const { listen } = await create(server, { listen: '127.0.0.1:0' });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop' });
    expect((await server.call('POST', '/populate', [{ name: 'a', listen, upstream: 'x:1' }])).json).toMatchObject({ proxies: [{ listen, upstream: 'x:1', toxics: [] }] });
    const again = (await server.call('POST', '/populate', [{ name: 'a', listen: '127.0.0.1:0', upstream: 'x:1' }])).json as { proxies: Shown[] };
    expect(again.proxies[0]?.listen).not.toBe(listen);
    await refuses(listen);
  });

  test('the first failure ends it, and what was applied stays', async () => {
    const server = await startLink();
    const answer = await server.call('POST', '/populate', ['127.0.0.1:0', 'nowhere', '127.0.0.1:0'].map((listen, i) => ({ name: `p${i + 1}`, listen, upstream: UPSTREAM })));
    expect(answer).toMatchObject({
      status: 500, headers: { 'content-type': 'application/json' },
      json: { error: 'listen tcp: address nowhere: missing port in address', status: 500, proxies: [{ name: 'p1' }] },
    });
    expect(Object.keys((await server.call('GET', '/proxies')).json as object)).toEqual(['p1']);
  });

  test('a replacement that cannot listen leaves the old one, stopped', async () => {
    const server = await startLink();
    const other = await openUpstream();
    await create(server, { listen: '127.0.0.1:0' });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop' });
    expect((await server.call('POST', '/populate', [{ name: 'a', listen: other.address, upstream: UPSTREAM }])).status).toBe(500);
    expect((await server.call('GET', '/proxies/a')).json).toMatchObject({ enabled: false, upstream: UPSTREAM, toxics: [{ name: 'noop_downstream' }] });
  });
});

describe('reset', () => {
  test('starts every proxy and removes every toxic', async () => {
    const server = await startLink();
    for (const name of ['a', 'b']) {
      await create(server, { name, listen: '127.0.0.1:0' });
      await server.call('POST', `/proxies/${name}/toxics`, { type: 'noop' });
    }
    await server.call('POST', '/proxies/a', { enabled: false });
    expect(await server.call('POST', '/reset')).toMatchObject({ status: 204, text: '' });
    expect((await server.call('GET', '/proxies')).json).toMatchObject({ a: { enabled: true, toxics: [] }, b: { enabled: true, toxics: [] } });
  });

  test('visits every proxy although one cannot start', async () => {
    const server = await startLink();
    const other = await openUpstream();
    await create(server, { name: 'a', listen: other.address, enabled: false });
    for (const name of ['b', 'c']) {
      await create(server, { name, listen: '127.0.0.1:0', enabled: false });
      await server.call('POST', `/proxies/${name}/toxics`, { type: 'noop' });
    }
    expect(await server.call('POST', '/reset')).toMatchObject({ status: 500, json: { error: `listen tcp ${other.address}: bind: address already in use` } });
    expect((await server.call('GET', '/proxies')).json).toMatchObject({ a: { enabled: false }, b: { enabled: true, toxics: [] }, c: { enabled: true, toxics: [] } });
  });
});
