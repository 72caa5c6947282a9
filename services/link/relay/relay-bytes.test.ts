// What passes between real sockets, in order, and what stops when the reader does.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeAll, expectClosed, listenTo, openRelay, type Relayed } from './relay.fixture.ts';
import { toxic } from './virtual-time.fixture.ts';

afterEach(closeAll);

const down = { stream: 'downstream' } as const;

describe('bytes', () => {
  test('pass both ways, counted while the connection is open', async () => {
    const { client, server, received, sent, causes } = await openRelay();
    const [toServer, toClient] = [listenTo(server), listenTo(client)];
    client.write('hello');
    server.write('hi');
    await vi.waitFor(() => expect([toServer.text, toClient.text]).toEqual(['hello', 'hi']));
    expect([received, sent]).toEqual([{ upstream: 5, downstream: 2 }, { upstream: 5, downstream: 2 }]);
    expect(causes).toEqual([]);
  });

  test('65,535 ordered writes of two bytes arrive intact while a latency of 1 s comes and goes', async () => {
    const opened = await openRelay();
    const { relay, client, server } = opened;
    const chunks: Buffer[] = [];
    server.on('data', (bytes: Buffer) => chunks.push(bytes)).resume();
    let toggles = 0;
    let done = false;
    const toggling = (async () => {
      while (!done) {
        relay.addToxic(toxic('latency', { latency: 1000 }));
        await pause(1);
        relay.removeToxic('latency');
        toggles += 1;
        await new Promise(setImmediate);
      }
    })();
    for (let i = 0; i < 65_535; i += 1) {
      const two = Buffer.alloc(2);
      two.writeUInt16BE(i);
      if (!client.write(two)) await new Promise((resolve) => client.once('drain', resolve));
      if (i % 500 === 0) await new Promise(setImmediate);
    }
    client.end();
    const ended = new Promise((resolve) => server.once('end', resolve));
    await ended;
    done = true;
    await toggling;
    const all = Buffer.concat(chunks);
    expect(all.length).toBe(2 * 65_535);
    for (let i = 0; i < 65_535; i += 1) if (all.readUInt16BE(2 * i) !== i) throw new Error(`at ${i}: ${all.readUInt16BE(2 * i)}`);
    expect(toggles).toBeGreaterThan(20);
    server.end();
    listenTo(client);
    await expectClosed(opened, 'peer');
  });

  test('a slicer that cuts everything into single bytes keeps nobody else waiting', async () => {
    const { client, server } = await openRelay([toxic('slicer', { average_size: 1 })]);
    const other = await openRelay();
    const heard = listenTo(server);
    const otherHeard = listenTo(other.server);
    client.write(Buffer.alloc(256 * 1024, 'x'));
    await vi.waitFor(() => expect(heard.text.length).toBeGreaterThan(0));
    other.client.write('a');
    await vi.waitFor(() => expect(otherHeard.text).toBe('a'));
    expect(heard.text.length).toBeLessThan(256 * 1024);
    await vi.waitFor(() => expect(heard.text.length).toBe(256 * 1024), 20_000);
  });

  test('come through a slicer whose delay is below the step of a timer: what comes due while it is served wakes it too', async () => {
    const { client, server } = await openRelay([toxic('slicer', { average_size: 1, delay: 10 })]);
    const heard = listenTo(server);
    client.write('x'.repeat(5000));
    await vi.waitFor(() => expect(heard.text.length).toBe(5000), 10_000);
  });

  test('are delayed by a latency that comes to an open connection, and no longer once it is removed', async () => {
    const { relay, client, server } = await openRelay();
    const heard = listenTo(server);
    relay.addToxic(toxic('latency', { latency: 200 }));
    const beganMs = performance.now();
    client.write('a');
    await vi.waitFor(() => expect(heard.text).toBe('a'), { interval: 5 });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(195);
    relay.updateToxic(toxic('latency', { latency: 1e9 }));
    client.write('b');
    await pause(100);
    expect(heard.text).toBe('a');
    relay.removeToxic('latency');
    await vi.waitFor(() => expect(heard.text).toBe('ab'));
  });
});

test('toxics of one direction leave the other alone, and are named upstream first', async () => {
  const { relay, client, server } = await openRelay([toxic('timeout', {}, { ...down, name: 'b' }), toxic('noop', {}, { name: 'a' })]);
  expect(relay.activeToxics()).toEqual(['a', 'b']);
  const heard = listenTo(server);
  client.write('x');
  await vi.waitFor(() => expect(heard.text).toBe('x'));
});

describe('back-pressure', () => {
  /** What the system's own buffers take on loopback comes on top of what the relay holds. */
  async function flood(opened: Relayed): Promise<number> {
    let most = 0;
    let pushed = 0;
    const chunk = Buffer.alloc(256 * 1024, 'x');
    for (let idle = 0; idle < 20;) {
      const before = opened.received.upstream;
      if (opened.client.writableNeedDrain) await pause(5);
      else {
        opened.client.write(chunk);
        pushed += chunk.length;
      }
      most = Math.max(most, opened.relay.heldBytes);
      idle = opened.received.upstream === before && opened.client.writableNeedDrain ? idle + 1 : 0;
      if (pushed > 200e6) throw new Error('never stopped reading');
    }
    return most;
  }

  test.each([
    ['no toxic', [], 0, 0.5],
    ['a bandwidth of 0', [toxic('bandwidth', { rate: 0 })], 0, 0.5],
    ['a reset that waits', [toxic('reset_peer', { timeout: 1e6 })], 0, 0.5],
    ['a latency whose chunks are due', [toxic('latency', { latency: 0 })], 15, 17],
    ['a latency that holds all', [toxic('latency', { latency: 1e6 })], 15, 17],
    ['three latencies, which share', [1, 2, 3].map((i) => toxic('latency', { latency: 1e6 }, { name: `l${i}` })), 15, 17],
  ])('a reader that does not read stops the writer, through %s, at %d to %d MiB held', async (_name, toxics, mebibytesMin, mebibytesMax) => {
    const opened = await openRelay(toxics);
    const heldMebibytes = (await flood(opened)) / 1024 / 1024;
    expect(heldMebibytes).toBeGreaterThanOrEqual(mebibytesMin);
    expect(heldMebibytes).toBeLessThanOrEqual(mebibytesMax);
    opened.relay.close('disable');
    await expectClosed(opened, 'disable');
  });

  test('a reader that reads on gets all of it', async () => {
    const opened = await openRelay([toxic('latency', { latency: 5 })]);
    await flood(opened);
    const { client, server, received } = opened;
    let heard = 0;
    server.on('data', (bytes: Buffer) => (heard += bytes.length)).resume();
    const ended = new Promise((resolve) => server.once('end', resolve));
    client.end();
    await ended;
    expect([heard, client.bytesWritten]).toEqual([received.upstream, heard]);
  });

  test('a timeout swallows without holding', async () => {
    const opened = await openRelay([toxic('timeout')]);
    opened.client.write(Buffer.alloc(8_000_000));
    await vi.waitFor(() => expect(opened.discarded.upstream).toBe(8_000_000));
    expect(opened.relay.heldBytes).toBe(0);
  });
});
