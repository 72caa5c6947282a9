// What the Node client's own suite asks of a server, in our words, with the client unchanged.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Toxiproxy, type Proxy } from 'toxiproxy-node-client';
import { startToxiproxy, type RunningToxiproxy } from './toxiproxy.ts';

let server: RunningToxiproxy;
let client: Toxiproxy;

beforeEach(async () => {
  server = await startToxiproxy();
  client = new Toxiproxy(server.url);
});
afterEach(() => server.close());

const REDIS = { name: 'redis', listen: 'localhost:0', upstream: 'localhost:6379' };
const failsWith = (status: number): object => ({ message: `Request failed with status code ${status}` });

describe('the server', () => {
  test('creates a proxy', async () => {
    const proxy = await client.createProxy(REDIS);
    expect(proxy).toMatchObject({ name: 'redis', upstream: 'localhost:6379', enabled: true });
    expect(proxy.listen).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('gives a proxy', async () => {
    const created = await client.createProxy(REDIS);
    expect((await client.get('redis')).toJson()).toEqual(created.toJson());
    await expect(client.get('mysql')).rejects.toMatchObject(failsWith(404));
  });

  test('says its version as it is', async () => {
    expect(await client.getVersion()).toBe('{"version": "2.12.0"}\n');
  });

  test('resets', async () => {
    const proxy = await client.createProxy(REDIS);
    await proxy.addToxic({ name: 'a', type: 'noop', stream: 'upstream', toxicity: 1, attributes: {} } as never);
    await proxy.update({ ...proxy.toJson(), enabled: false });
    await client.reset();
    expect((await client.get('redis')).enabled).toBe(true);
    await expect(proxy.getToxic('a')).rejects.toMatchObject(failsWith(404));
  });

  test('is populated, with addresses as they were given', async () => {
    const [listen, upstream] = ['127.0.0.1:0', '127.0.0.1:6379'];
    const proxies = await client.populate([{ name: 'one', listen, upstream }, { name: 'two', listen, upstream }] as never);
    expect(Object.keys(proxies)).toEqual(['one', 'two']);
    expect(proxies['two']).toMatchObject({ name: 'two', upstream, enabled: true });
    expect(await client.populate([])).toEqual({});
  });

  test('gives all proxies', async () => {
    const made = [await client.createProxy(REDIS), await client.createProxy({ ...REDIS, name: 'mysql' })];
    const all = await client.getAll();
    for (const proxy of made) expect(all[proxy.name]?.toJson()).toEqual(proxy.toJson());
  });
});

describe('a proxy', () => {
  let proxy: Proxy;
  beforeEach(async () => {
    proxy = await client.createProxy(REDIS);
  });

  test('is disabled, and enabled with another upstream', async () => {
    const disabled = await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
    expect(disabled).toMatchObject({ enabled: false, listen: proxy.listen });
    expect(await disabled.update({ enabled: true, listen: proxy.listen, upstream: 'localhost:6380' })).toMatchObject({ enabled: true, listen: proxy.listen, upstream: 'localhost:6380' });
  });

  test('is removed', async () => {
    await proxy.remove();
    await expect(client.get('redis')).rejects.toMatchObject(failsWith(404));
  });

  test('has its name alone', async () => {
    await expect(client.createProxy(REDIS)).rejects.toMatchObject(failsWith(409));
  });
});

describe('a toxic', () => {
  let proxy: Proxy;
  beforeEach(async () => {
    proxy = await client.createProxy(REDIS);
  });

  test('is created with a name of its own and for all connections', async () => {
    const toxic = await proxy.addToxic({ type: 'latency', attributes: { latency: 1000, jitter: 100 } } as never);
    expect(toxic).toMatchObject({ name: 'latency_downstream', stream: 'downstream', toxicity: 1 });
  });

  test('is given', async () => {
    const toxic = await proxy.addToxic({ type: 'latency', attributes: { latency: 1000, jitter: 100 } } as never);
    expect((await proxy.getToxic(toxic.name)).toJson()).toEqual(toxic.toJson());
  });

  test('is updated, also with all of itself', async () => {
    const toxic = await proxy.addToxic({ type: 'latency', attributes: { latency: 1000, jitter: 100 } } as never);
    const updated = await toxic.update({ ...toxic.toJson(), attributes: { latency: 1, jitter: 100 } } as never);
    expect(updated.attributes).toEqual({ latency: 1, jitter: 100 });
  });

  test('is removed', async () => {
    const toxic = await proxy.addToxic({ type: 'noop', attributes: {} } as never);
    await toxic.remove();
    await expect(proxy.getToxic(toxic.name)).rejects.toMatchObject(failsWith(404));
  });

  test('has its name alone', async () => {
    await proxy.addToxic({ type: 'noop', attributes: {} } as never);
    await expect(proxy.addToxic({ type: 'noop', attributes: {} } as never)).rejects.toMatchObject(failsWith(409));
  });

  test.each([
    ['latency', { latency: 1000, jitter: 100 }], ['bandwidth', { rate: 1000 }], ['slow_close', { delay: 1000 }], ['timeout', { timeout: 1000 }],
    ['slicer', { average_size: 1000, size_variation: 1000, delay: 1000 }], ['reset_peer', { timeout: 1000 }], ['limit_data', { bytes: 1000 }],
  ])('of type %s has the attributes that it was given', async (type, attributes) => {
    const toxic = await proxy.addToxic({ type, attributes } as never);
    expect(toxic).toMatchObject({ type, attributes });
    expect((await proxy.getToxic(toxic.name)).attributes).toEqual(attributes);
  });
});
