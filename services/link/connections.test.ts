import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { createSteppedClock } from '#kit/stepped-clock.ts';
import { closeAll, connectTo, echo, endOf, openUpstream, startLink, type TestServer } from './link.fixture.ts';

afterEach(closeAll);

/** No call may wait for a peer; a busy machine is forgiven. */
const AT_ONCE_MS = 1000;

async function open(server: TestServer, upstream: string, name = 'a'): Promise<string> {
  const { json } = await server.call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream });
  return (json as { listen: string }).listen;
}

async function metric(server: TestServer, pattern: RegExp): Promise<number | null> {
  const found = pattern.exec((await server.call('GET', '/metrics')).text);
  return found === null ? null : Number(found[1]);
}

describe('a dial', () => {
  test('that hangs keeps no call waiting, and ends when its proxy is disabled or deleted', async () => {
    const given: string[] = [];
    const cancelled: string[] = [];
    const server = await startLink({
      dial: (upstream) => {
        given.push(upstream);
        return () => cancelled.push(upstream);
      },
    });
    const listen = await open(server, 'deaf:1');
    const [one, two] = [await connectTo(listen), await connectTo(listen)];
    await vi.waitFor(() => expect(given).toHaveLength(2));
    const calls: [string, string, unknown?][] = [
      ['POST', '/proxies/a/toxics', { type: 'latency', attributes: { latency: 1000 } }],
      ['POST', '/proxies/a/toxics/latency_downstream', { attributes: { latency: 10 } }],
      ['DELETE', '/proxies/a/toxics/latency_downstream'],
      ['POST', '/reset'],
      ['POST', '/proxies/a', { enabled: false }],
    ];
    for (const [method, path, body] of calls) {
      const beganMs = performance.now();
      expect((await server.call(method, path, body)).status).toBeLessThan(300);
      expect(performance.now() - beganMs, path).toBeLessThan(AT_ONCE_MS);
    }
    expect(cancelled).toEqual(['deaf:1', 'deaf:1']);
    expect(await Promise.all([endOf(one), endOf(two)])).toEqual(['end', 'end']);
    expect(await metric(server, /^azimuth_link_connections_open\{proxy="a"\} (\d+)$/m)).toBe(0);
    await server.call('POST', '/proxies/a', { enabled: true });
    const three = await connectTo(listen);
    await vi.waitFor(() => expect(given).toHaveLength(3));
    await server.call('DELETE', '/proxies/a');
    expect(await endOf(three)).toBe('end');
    expect(cancelled).toHaveLength(3);
  });

  test('that hangs does not hold up the next client', async () => {
    const { address } = await openUpstream();
    let dials = 0;
    const hanging: string[] = [];
    const server = await startLink({
      dial: (upstream, outcome) => {
        dials += 1;
        if (dials === 1) hanging.push(upstream);
        else void connectTo(address).then(outcome.connected);
        return () => {};
      },
    });
    const listen = await open(server, address);
    await connectTo(listen);
    await vi.waitFor(() => expect(hanging).toHaveLength(1));
    expect(await echo(await connectTo(listen), 'hello')).toBe('hello');
  });

  test('loses nothing of what its client does meanwhile: words, an end of stream, a leave', async () => {
    const ends: string[] = [];
    const { address } = await openUpstream((socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('end', () => {
        ends.push(text);
        socket.end('bye');
      });
    });
    let answer: () => void = () => {};
    const server = await startLink({
      dial: (_upstream, outcome) => {
        answer = () => void connectTo(address).then(outcome.connected);
        return () => {};
      },
    });
    const listen = await open(server, address);
    const client = await connectTo(listen);
    client.end('words');
    await new Promise((resolve) => setTimeout(resolve, 50));
    answer();
    expect(String((await once(client, 'data'))[0])).toBe('bye');
    const gone = await connectTo(listen);
    gone.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    answer();
    await vi.waitFor(async () => expect(await metric(server, /^azimuth_link_connections_open\{proxy="a"\} (\d+)$/m)).toBe(0));
    expect(ends[0]).toBe('words');
  });

  test.each(['127.0.0.1:9', 'no-such-host.invalid:80', 'nonsense', '127.0.0.1:99999'])('to %s closes its client and nothing else', async (upstream) => {
    const server = await startLink();
    const listen = await open(server, upstream);
    for (let i = 0; i < 2; i += 1) expect(await endOf(await connectTo(listen))).toBe('end');
    await vi.waitFor(async () => expect(await metric(server, /^azimuth_link_dials_failed_total\{.*reason="(?:refused|unresolved|failed)".* ([1-9]\d*)$/m)).toBe(2));
  });
});

describe('open connections', () => {
  test('count their bytes while they are open', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const listen = await open(server, address);
    await echo(await connectTo(listen), 'hello');
    for (const name of ['received', 'sent']) {
      for (const direction of ['upstream', 'downstream']) {
        const line = `toxiproxy_proxy_${name}_bytes_total{direction="${direction}",listener="${listen}",proxy="a",upstream="${address}"} 5`;
        expect((await server.call('GET', '/metrics')).text).toContain(`${line}\n`);
      }
    }
    expect(await metric(server, /^azimuth_link_connections_open\{proxy="a"\} (\d+)$/m)).toBe(1);
  });

  test('tell by which toxics they are governed, and by what they ended', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const listen = await open(server, address);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connectTo(listen)));
    for (const socket of sockets) await echo(socket, 'x');
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'all' });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'none', toxicity: 0 });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'some', toxicity: 0.5 });
    expect(await metric(server, /governed\{proxy="a",toxic="all"\} (\d+)/)).toBe(20);
    expect(await metric(server, /governed\{proxy="a",toxic="none"\} (\d+)/)).toBe(0);
    const some = await metric(server, /governed\{proxy="a",toxic="some"\} (\d+)/);
    expect(some).toBeGreaterThan(2);
    expect(some).toBeLessThan(18);
    expect(await metric(server, /azimuth_link_toxics\{proxy="a",type="noop",stream="downstream"\} (\d+)/)).toBe(3);
    // An edit of one toxic, and another one's coming and going, re-roll nobody.
    await server.call('PATCH', '/proxies/a/toxics/some', { toxicity: 0.5 });
    await server.call('DELETE', '/proxies/a/toxics/all');
    expect(await metric(server, /governed\{proxy="a",toxic="some"\} (\d+)/)).toBe(some);
    await server.call('POST', '/proxies/a', { enabled: false });
    expect(await metric(server, /closed_total\{cause="disable",.* (\d+)/)).toBe(20);
  });

  test('are changed and closed by the hundreds', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const listen = await open(server, address);
    const sockets: Socket[] = [];
    for (let i = 0; i < 500; i += 1) sockets.push(await connectTo(listen));
    await Promise.all(sockets.map((socket) => echo(socket, 'before')));
    expect((await server.call('POST', '/proxies/a/toxics', { type: 'latency', stream: 'upstream', attributes: { latency: 1 } })).status).toBe(200);
    expect(await Promise.all(sockets.map((socket) => echo(socket, 'during')))).toEqual(sockets.map(() => 'during'));
    expect((await server.call('DELETE', '/proxies/a/toxics/latency_upstream')).status).toBe(204);
    expect(await Promise.all(sockets.map((socket) => echo(socket, 'after')))).toEqual(sockets.map(() => 'after'));
    expect((await server.call('POST', '/proxies/a', { enabled: false })).status).toBe(200);
    expect(new Set(await Promise.all(sockets.map(endOf)))).toEqual(new Set(['end']));
    expect(await metric(server, /^azimuth_link_connections_open\{proxy="a"\} (\d+)$/m)).toBe(0);
  });

  test('meet a toxic that comes while they are open', async () => {
    const server = await startLink();
    const { address } = await openUpstream();
    const socket = await connectTo(await open(server, address));
    await echo(socket, 'heard');
    await server.call('POST', '/proxies/a/toxics', { type: 'timeout', stream: 'upstream' });
    socket.write('unheard');
    await vi.waitFor(async () => expect(await metric(server, /^azimuth_link_discarded_bytes_total\{direction="upstream",.* (\d+)$/m)).toBe(7));
    await server.call('DELETE', '/proxies/a/toxics/timeout_upstream');
    expect(await endOf(socket)).toBe('end');
  });
});

test('half-close: the reply to a request that ended with its stream arrives', async () => {
  const server = await startLink();
  const { address } = await openUpstream((socket) => socket.on('data', () => {}).on('end', () => socket.end('the reply')));
  const socket = await connectTo(await open(server, address));
  socket.end('the request');
  expect(String((await once(socket, 'data'))[0])).toBe('the reply');
});

describe('a time to live', () => {
  const names = async (server: TestServer): Promise<string[]> => ((await server.call('GET', '/proxies/a/toxics')).json as { name: string }[]).map(({ name }) => name);

  test('ends the toxic by itself, and not before; others stay', async () => {
    const clock = createSteppedClock();
    const server = await startLink({ clock });
    await open(server, '127.0.0.1:9');
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'leased', ttl_ms: 5000 });
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'kept' });
    clock.step(4999);
    expect(await names(server)).toEqual(['leased', 'kept']);
    clock.step(1);
    expect(await names(server)).toEqual(['kept']);
  });

  test('is renewed by an update that gives one, not by another', async () => {
    const clock = createSteppedClock();
    const server = await startLink({ clock });
    await open(server, '127.0.0.1:9');
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'leased', ttl_ms: 5000 });
    clock.step(4000);
    await server.call('PATCH', '/proxies/a/toxics/leased', { ttl_ms: 3000 });
    clock.step(2000);
    await server.call('PATCH', '/proxies/a/toxics/leased', { toxicity: 0.5 });
    clock.step(999);
    expect(await names(server)).toEqual(['leased']);
    clock.step(1);
    expect(await names(server)).toEqual([]);
  });

  test('of a toxic that was removed does not end its successor', async () => {
    const clock = createSteppedClock();
    const server = await startLink({ clock });
    await open(server, '127.0.0.1:9');
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'x', ttl_ms: 1000 });
    await server.call('DELETE', '/proxies/a/toxics/x');
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'x' });
    clock.step(5000);
    expect(await names(server)).toEqual(['x']);
    await server.call('POST', '/proxies/a/toxics', { type: 'noop', name: 'y', ttl_ms: 1000 });
    await server.call('DELETE', '/proxies/a');
    expect(clock.pending).toBe(0);
  });
});

/** Bytes over both directions. */
function sum(server: TestServer, of: 'sent' | 'discarded'): number {
  return [...(server.ledger?.all() ?? [])].reduce((total, traffic) => total + traffic[of].upstream + traffic[of].downstream, 0);
}

test('the same seed hits the same connections, another seed others', async () => {
  const { address } = await openUpstream();
  const hit = async (seed: number): Promise<string> => {
    const server = await startLink({ seed });
    const listen = await open(server, address);
    await server.call('POST', '/proxies/a/toxics', { type: 'timeout', stream: 'upstream', toxicity: 0.5 });
    let pattern = '';
    for (let i = 0; i < 16; i += 1) {
      const socket = await connectTo(listen);
      const [echoed, swallowed] = [sum(server, 'sent'), sum(server, 'discarded')];
      socket.resume().write('x');
      pattern += await vi.waitFor(() => {
        if (sum(server, 'discarded') > swallowed) return 'x';
        expect(sum(server, 'sent')).toBe(echoed + 2);
        return '.';
      }, { interval: 1 });
      socket.destroy();
    }
    return pattern;
  };
  const first = await hit(42);
  expect(first).toContain('x');
  expect(first).toContain('.');
  for (let repeat = 1; repeat < 20; repeat += 1) expect(await hit(42)).toBe(first);
  expect(await hit(43)).not.toBe(first);
});

test('two thousand toxics of any kind and value kill neither the server nor the traffic of another proxy', async () => {
  const server = await startLink();
  const { address } = await openUpstream();
  const [tortured, spared] = [await open(server, address, 'tortured'), await open(server, address, 'spared')];
  const witness = await connectTo(spared);
  const random = createRandom(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const numbers = [0, 1, -1, 10, 1000, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 53), '9223372036854775807', '-9223372036854775808', 1.5, '"x"', 'null', '[]'];
  const attributes = ['latency', 'jitter', 'rate', 'delay', 'timeout', 'average_size', 'size_variation', 'bytes'];
  const victims: Socket[] = [];
  for (let i = 0; i < 2000; i += 1) {
    if (i % 20 === 0) {
      const victim = await connectTo(tortured);
      victims.push(victim);
      victim.resume();
    }
    for (const victim of victims.slice(-5)) if (victim.writable) victim.write('some bytes to be tortured with');
    const type = pick(['latency', 'bandwidth', 'slow_close', 'timeout', 'reset_peer', 'slicer', 'limit_data', 'noop', 'down', '']);
    const given = attributes.filter(() => random() < 0.5).map((name) => `"${name}": ${pick(numbers)}`).join(', ');
    const body = `{"type": "${type}", "name": "t${i}", "stream": "${pick(['upstream', 'downstream', 'both'])}", "toxicity": ${pick([0, 0.5, 1, 5, -1])}, "attributes": {${given}}}`;
    const { status } = await server.call('POST', '/proxies/tortured/toxics', body);
    expect([200, 400], body).toContain(status);
    if (status === 200 && random() < 0.7) expect((await server.call('DELETE', `/proxies/tortured/toxics/t${i}`)).status).toBe(204);
    if (i % 100 === 99) {
      expect(await echo(witness, `witness ${i}`)).toBe(`witness ${i}`);
      expect((await server.call('POST', '/reset')).status).toBe(204);
    }
  }
  expect(await echo(await connectTo(tortured), 'as new')).toBe('as new');
});
