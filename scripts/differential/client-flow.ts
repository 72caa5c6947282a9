/**
 * What the tests of `toxiproxy-node-client` ask of a server, in our words: create, get, version, reset, populate
 * and get-all; update and remove; toxics of every type, their update, removal and refusals. The client itself
 * is unchanged; https://github.com/ihsw/toxiproxy-node-client
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import type { Proxy, Toxiproxy, ToxicType } from 'toxiproxy-node-client';

const UPSTREAM = '127.0.0.1:6379';

/** By a sentence; each starts on a server without proxies. `listen` is a free address of 127.0.0.1. */
type Flow = (client: Toxiproxy, listen: string) => Promise<void>;

function create(client: Toxiproxy): Promise<Proxy> {
  return client.createProxy({ name: 'one', listen: 'localhost:0', upstream: 'localhost:6379' });
}

/** As the client's own tests do: nothing but what has to be said. */
function add<T>(proxy: Proxy, type: ToxicType, attributes: T, rest: object = {}): Promise<{ name: string; toxicity: number; stream: string; attributes: T; remove(): Promise<void> }> {
  return proxy.addToxic<T>({ type, attributes, ...rest } as Parameters<typeof proxy.addToxic<T>>[0]);
}

function echoes(type: ToxicType, attributes: Readonly<Record<string, number>>): Flow {
  return async (client) => {
    const toxic = await add(await create(client), type, attributes);
    deepEqual(toxic.attributes, attributes);
    equal(toxic.name, `${type}_downstream`);
  };
}

async function refuses(work: Promise<unknown>, status: number): Promise<void> {
  await rejects(work, (error: Error) => error.message === `Request failed with status code ${status}`);
}

export const CLIENT_FLOWS: Readonly<Record<string, Flow>> = {
  'a proxy is created': async (client, listen) => {
    const proxy = await client.createProxy({ name: 'one', listen, upstream: UPSTREAM });
    deepEqual([proxy.name, proxy.listen, proxy.upstream, proxy.enabled], ['one', listen, UPSTREAM, true]);
  },
  'a proxy is got': async (client) => equal((await client.get((await create(client)).name)).name, 'one'),
  'the version is text': async (client) => ok(/^\{"version": "2\.\d+\.\d+"\}\n$/.test(await client.getVersion())),
  'reset enables again': async (client) => {
    const proxy = await create(client);
    equal((await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream })).enabled, false);
    await client.reset();
    equal((await client.get('one')).enabled, true);
  },
  'many are populated': async (client, listen) => {
    const proxies = await client.populate([
      { name: 'one', listen, upstream: UPSTREAM },
      { name: 'two', listen: '127.0.0.1:0', upstream: UPSTREAM },
    ]);
    deepEqual(Object.keys(proxies), ['one', 'two']);
    equal(proxies['one']?.listen, listen);
  },
  'all are got': async (client, listen) => {
    await client.createProxy({ name: 'one', listen, upstream: UPSTREAM });
    const all = await client.getAll();
    deepEqual(Object.values(all).map((proxy) => [proxy.name, proxy.listen, proxy.upstream]), [['one', listen, UPSTREAM]]);
  },
  'a proxy is disabled, then enabled with another upstream': async (client) => {
    const proxy = await create(client);
    const off = await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
    equal(off.enabled, false);
    const on = await off.update({ enabled: true, listen: off.listen, upstream: '127.0.0.1:6380' });
    deepEqual([on.enabled, on.upstream, on.listen], [true, '127.0.0.1:6380', proxy.listen]);
  },
  'a proxy is removed': async (client) => {
    await (await create(client)).remove();
    await refuses(client.get('one'), 404);
  },
  'a second proxy of a name is refused': async (client) => {
    await create(client);
    await refuses(create(client), 409);
  },
  'a toxic is created with a name and a toxicity of its own': async (client) => {
    const toxic = await add(await create(client), 'latency', { latency: 1000, jitter: 100 });
    deepEqual([toxic.name, toxic.toxicity, toxic.stream], ['latency_downstream', 1, 'downstream']);
  },
  'a toxic is got, and listed with its proxy': async (client) => {
    const proxy = await create(client);
    await add(proxy, 'latency', { latency: 1000, jitter: 100 });
    deepEqual((await proxy.getToxic('latency_downstream')).attributes, { latency: 1000, jitter: 100 });
  },
  'a toxic is updated': async (client) => {
    const proxy = await create(client);
    await add(proxy, 'latency', { latency: 1000, jitter: 100 });
    const toxic = await proxy.getToxic<{ latency: number; jitter: number }>('latency_downstream');
    const updated = await toxic.update({ ...toxic.toJson(), attributes: { latency: 2000, jitter: 100 } });
    deepEqual(updated.attributes, { latency: 2000, jitter: 100 });
  },
  'a toxic is removed, and is then unknown': async (client) => {
    const proxy = await create(client);
    await (await add(proxy, 'latency', { latency: 1000, jitter: 100 })).remove();
    await refuses(proxy.getToxic('latency_downstream'), 404);
  },
  'a second toxic of a name is refused': async (client) => {
    const proxy = await create(client);
    await add(proxy, 'latency', { latency: 1000, jitter: 100 });
    await refuses(add(proxy, 'latency', { latency: 1000, jitter: 100 }), 409);
  },
  'bandwidth is echoed': echoes('bandwidth', { rate: 1000 }),
  'slow_close is echoed': echoes('slow_close', { delay: 1000 }),
  'timeout is echoed': echoes('timeout', { timeout: 1000 }),
  'slicer is echoed': echoes('slicer', { average_size: 1000, size_variation: 1000, delay: 1000 }),
  'reset_peer is echoed': echoes('reset_peer', { timeout: 1000 }),
  'limit_data is echoed': echoes('limit_data', { bytes: 1000 }),
};
