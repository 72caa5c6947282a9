import { afterEach, expect, test } from 'vitest';
import type { Link, LinkProxy } from '#contracts/region.ts';
import { closeAll, connectTo, echo, openUpstream, startLink } from './link.fixture.ts';
import { followLink } from './region-ways.ts';

afterEach(closeAll);

async function way(name: string, upstreamPort: number, change: Partial<LinkProxy> = {}): Promise<LinkProxy> {
  const { port, server } = await openUpstream();
  await new Promise((resolve) => server.close(resolve));
  return { name, from: 'az1', to: 'az2', listen: { host: '127.0.0.1', port }, upstream: { host: '127.0.0.1', port: upstreamPort }, baseLatencyMs: 1, ...change };
}

const link = (...proxies: LinkProxy[]): Link => ({ name: 'az1-link', az: 'az1', api: { host: '127.0.0.1', port: 1 }, proxies });
const BASE = { name: 'base-latency', type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 1, jitter: 0 } };

test('every way is open with its base latency, one without has no toxic', async () => {
  const { port } = await openUpstream();
  const { proxies, call } = await startLink();
  const [inner, front] = [await way('az2-kitchen-a', port), await way('az1-load-balancer', port, { from: null, baseLatencyMs: 0 })];
  expect(await followLink(proxies, null, link(inner, front))).toEqual([]);
  expect((await call('GET', '/proxies')).json).toEqual({
    'az1-load-balancer': { name: 'az1-load-balancer', listen: `127.0.0.1:${front.listen.port}`, upstream: `127.0.0.1:${port}`, enabled: true, toxics: [] },
    'az2-kitchen-a': { name: 'az2-kitchen-a', listen: `127.0.0.1:${inner.listen.port}`, upstream: `127.0.0.1:${port}`, enabled: true, toxics: [BASE] },
  });
  expect(await echo(await connectTo(`127.0.0.1:${inner.listen.port}`), 'hello')).toBe('hello');
});

test('a change adds what is new, removes what is gone, and leaves the rest with its faults and connections', async () => {
  const { port } = await openUpstream();
  const { proxies, call } = await startLink();
  const [kept, gone, disabled, added] = [await way('kept', port), await way('gone', port), await way('disabled', port), await way('added', port)];
  const before = link(kept, gone, disabled);
  await followLink(proxies, null, before);
  await call('POST', '/proxies/kept/toxics', { name: 'f3-noop-downstream', type: 'noop' });
  await call('POST', '/proxies/disabled', { enabled: false });
  const socket = await connectTo(`127.0.0.1:${kept.listen.port}`);
  expect(await followLink(proxies, before, link(kept, disabled, added))).toEqual([]);
  expect((await call('GET', '/proxies')).json).toMatchObject({
    kept: { enabled: true, toxics: [{ name: 'base-latency' }, { name: 'f3-noop-downstream' }] },
    disabled: { enabled: false },
    added: { enabled: true, toxics: [BASE] },
  });
  expect(proxies.has('gone')).toBe(false);
  expect(await echo(socket, 'still here')).toBe('still here');
});

test('a way that moved is moved, its faults kept, a disabled one staying so; a new base latency is set', async () => {
  const [one, two] = [await openUpstream(), await openUpstream()];
  const { proxies, call } = await startLink();
  const [moved, off] = [await way('moved', one.port), await way('off', one.port)];
  const before = link(moved, off);
  await followLink(proxies, null, before);
  await call('POST', '/proxies/moved/toxics', { name: 'f3-noop-downstream', type: 'noop' });
  await call('POST', '/proxies/off', { enabled: false });
  const upstream = { host: '127.0.0.1', port: two.port };
  const after = link({ ...moved, upstream, baseLatencyMs: 3 }, { ...off, upstream, baseLatencyMs: 0 });
  expect(await followLink(proxies, before, after)).toEqual([]);
  expect((await call('GET', '/proxies')).json).toMatchObject({
    moved: { enabled: true, upstream: two.address, toxics: [{ ...BASE, attributes: { latency: 3, jitter: 0 } }, { name: 'f3-noop-downstream' }] },
    off: { enabled: false, upstream: two.address, toxics: [] },
  });
});

test('a way whose port is taken is named, the others are open, and it is had once the port is free', async () => {
  const { port } = await openUpstream();
  const blocker = await openUpstream();
  const { proxies } = await startLink();
  const [fine, blocked] = [await way('fine', port), await way('blocked', port, { listen: { host: '127.0.0.1', port: blocker.port } })];
  const described = link(blocked, fine);
  expect(await followLink(proxies, null, described)).toEqual([`blocked: listen tcp ${blocker.address}: bind: address already in use`]);
  expect(proxies.get('fine').spec.enabled).toBe(true);
  await new Promise((resolve) => blocker.server.close(resolve));
  expect(await followLink(proxies, described, described)).toEqual([]);
  expect(await echo(await connectTo(blocker.address), 'hello')).toBe('hello');
});
