// How a connection ends: by its peers, by a toxic, by a call; once, and with every byte accounted for.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeAll, connectPair, expectClosed, listenTo, openRelay, relayBetween } from './relay.fixture.ts';
import { toxic } from './virtual-time.fixture.ts';

afterEach(closeAll);

const down = { stream: 'downstream' } as const;

describe('an end of stream', () => {
  test('is passed on as one: who half-closes still gets the reply', async () => {
    const opened = await openRelay();
    const { client, server } = opened;
    const [toServer, toClient] = [listenTo(server), listenTo(client)];
    client.end('question');
    expect(await toServer.ended).toBe('end');
    expect([toServer.text, opened.causes]).toEqual(['question', []]);
    server.end('reply');
    expect(await toClient.ended).toBe('end');
    expect(toClient.text).toBe('reply');
    await expectClosed(opened, 'peer');
  });

  test('is passed on also by a socket that its owner did not open for it', async () => {
    const [client, innerClient] = await connectPair();
    const [innerUpstream, server] = await connectPair();
    innerClient.allowHalfOpen = false;
    relayBetween(innerClient, innerUpstream);
    const [toServer, toClient] = [listenTo(server), listenTo(client)];
    client.end('question');
    await toServer.ended;
    server.end('reply');
    await toClient.ended;
    expect([toServer.text, toClient.text]).toEqual(['question', 'reply']);
  });

  test('closes both sides with fullClose, after what was said', async () => {
    const opened = await openRelay([], { fullClose: true });
    const [toServer, toClient] = [listenTo(opened.server), listenTo(opened.client)];
    opened.client.end('question');
    expect(await Promise.all([toServer.ended, toClient.ended])).toEqual(['end', 'end']);
    expect(toServer.text).toBe('question');
    opened.server.end('reply');
    await expectClosed(opened, 'peer');
  });

  test('with fullClose, what the other side had said before is still delivered, with its delay', async () => {
    const opened = await openRelay([toxic('latency', { latency: 100 }, down)], { fullClose: true });
    const [toServer, toClient] = [listenTo(opened.server), listenTo(opened.client)];
    opened.server.write('early');
    await vi.waitFor(() => expect(opened.received.downstream).toBe(5));
    opened.client.end();
    expect(await Promise.all([toServer.ended, toClient.ended])).toEqual(['end', 'end']);
    expect(toClient.text).toBe('early');
    await expectClosed(opened, 'peer');
  });

  test('that came before the relay is not lost', async () => {
    const [client, innerClient] = await connectPair();
    const [innerUpstream, server] = await connectPair();
    const heard = listenTo(server);
    client.end('words');
    await pause(20);
    const { causes } = relayBetween(innerClient, innerUpstream);
    expect([await heard.ended, heard.text]).toEqual(['end', 'words']);
    server.end();
    listenTo(client);
    await vi.waitFor(() => expect(causes).toEqual(['peer']));
  });
});

describe('a peer that vanishes', () => {
  test.each(['client', 'server'] as const)('the %s: what it said still arrives with its delay, then the other side ends', async (who) => {
    const opened = await openRelay([toxic('latency', { latency: 150 }, who === 'client' ? {} : down)]);
    const [gone, other] = who === 'client' ? [opened.client, opened.server] : [opened.server, opened.client];
    const heard = listenTo(other);
    gone.write('last words');
    await vi.waitFor(() => expect(opened.received.upstream + opened.received.downstream).toBe(10));
    gone.resetAndDestroy();
    expect(await heard.ended).toBe('end');
    expect(heard.text).toBe('last words');
    await expectClosed(opened, 'peer');
  });

  test('in mid-stream: the connection ends, whatever its toxics hold', async () => {
    const opened = await openRelay([toxic('bandwidth', { rate: 0 }, down)]);
    opened.server.on('error', () => {});
    opened.server.write(Buffer.alloc(1_000_000));
    await vi.waitFor(() => expect(opened.relay.heldBytes).toBeGreaterThan(0));
    opened.client.resetAndDestroy();
    listenTo(opened.server);
    await expectClosed(opened, 'peer');
    expect(opened.discarded.downstream).toBeGreaterThan(0);
  });

  test('before its relay was made: the other side ends', async () => {
    const [, innerClient] = await connectPair();
    const [innerUpstream, server] = await connectPair();
    innerClient.destroy();
    await once(innerClient, 'close');
    const heard = listenTo(server);
    const { causes } = relayBetween(innerClient, innerUpstream);
    expect(await heard.ended).toBe('end');
    await vi.waitFor(() => expect(causes).toEqual(['peer']));
  });

  test('and the other one too, before their relay was made: it says so when its owner has it', async () => {
    const [[, innerClient], [innerUpstream]] = [await connectPair(), await connectPair()];
    for (const socket of [innerClient, innerUpstream]) await Promise.all([once(socket, 'close'), socket.destroy()]);
    const { causes } = relayBetween(innerClient, innerUpstream);
    expect(causes).toEqual([]);
    await vi.waitFor(() => expect(causes).toEqual(['peer']));
  });

  test('after it has half-closed: its connection ends with the first word to it', async () => {
    const opened = await openRelay();
    const toServer = listenTo(opened.server);
    opened.client.end();
    expect(await toServer.ended).toBe('end');
    opened.client.resetAndDestroy();
    for (const word of ['a', 'b']) {
      opened.server.write(word);
      await pause(20);
    }
    await expectClosed(opened, 'peer');
  });

  test('without an error: the other side is closed after what was said, although it does not end by itself', async () => {
    const opened = await openRelay([toxic('latency', { latency: 1e6 })]);
    const toServer = listenTo(opened.server);
    opened.client.write('words');
    await vi.waitFor(() => expect(opened.received.upstream).toBe(5));
    opened.inner.client.destroy();
    await once(opened.inner.client, 'close');
    opened.relay.removeToxic('latency');
    expect([await toServer.ended, toServer.text]).toEqual(['end', 'words']);
    await expectClosed(opened, 'peer');
  });

  test('what is on its way to it is dropped at once, and what it said is not', async () => {
    const opened = await openRelay([toxic('latency', { latency: 1e6 }), toxic('latency', { latency: 1e6 }, { ...down, name: 'b' })]);
    opened.client.write('words');
    opened.server.write('reply');
    await vi.waitFor(() => expect(opened.relay.heldBytes).toBe(10));
    opened.client.resetAndDestroy();
    await vi.waitFor(() => expect(opened.discarded).toEqual({ upstream: 0, downstream: 5 }));
    expect([opened.relay.heldBytes, opened.causes]).toEqual([5, []]);
    const toServer = listenTo(opened.server);
    opened.relay.removeToxic('latency');
    expect([await toServer.ended, toServer.text]).toEqual(['end', 'words']);
    await expectClosed(opened, 'peer');
  });

  test('a broken way is told from a peer', async () => {
    const opened = await openRelay();
    opened.inner.upstream.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
    expect(await listenTo(opened.client).ended).toBe('end');
    await expectClosed(opened, 'error');
  });
});

describe('a toxic closes', () => {
  test.each(['upstream', 'downstream'] as const)('by reset on both sides: ECONNRESET, %s', async (stream) => {
    const opened = await openRelay();
    const [toServer, toClient] = [listenTo(opened.server), listenTo(opened.client)];
    opened.relay.addToxic(toxic('reset_peer', { timeout: 30 }, { stream }));
    (stream === 'upstream' ? opened.client : opened.server).write('doomed');
    expect(await Promise.all([toServer.ended, toClient.ended])).toEqual(['reset', 'reset']);
    expect(toServer.text + toClient.text).toBe('');
    await expectClosed(opened, 'reset');
    expect(opened.discarded[stream]).toBe(6);
  });

  test('by reset although a peer has half-closed and another does not read', async () => {
    const opened = await openRelay();
    const toServer = listenTo(opened.server);
    opened.client.end();
    expect(await toServer.ended).toBe('end');
    opened.client.pause();
    opened.relay.addToxic(toxic('reset_peer', {}, down));
    opened.server.write('x');
    await expectClosed(opened, 'reset');
  });

  test('by reset while an end of stream is still on its way to a reader that does not read', async () => {
    const opened = await openRelay();
    opened.inner.upstream.write(Buffer.alloc(20_000_000));
    opened.client.end();
    await vi.waitFor(() => expect(opened.inner.upstream.writableEnded).toBe(true));
    expect(opened.inner.upstream.writableFinished).toBe(false);
    opened.relay.addToxic(toxic('reset_peer', {}, down));
    opened.server.write('x');
    await expectClosed(opened, 'reset');
    expect(await listenTo(opened.server).ended).toBe('reset');
  });

  test('by reset in the moment in which an end of stream is sent', async () => {
    const opened = await openRelay();
    const toServer = listenTo(opened.server);
    const closed = once(opened.inner.upstream, 'close');
    opened.inner.upstream.end();
    opened.relay.close('reset');
    await closed;
    expect(await toServer.ended).not.toBe('closed');
    await expectClosed(opened, 'reset');
  });

  test.each([
    ['timeout', toxic('timeout', { timeout: 30 }), ''],
    ['limit', toxic('limit_data', { bytes: 3 }), 'abc'],
  ] as const)('by %s with a clean end on both sides', async (cause, closing, text) => {
    const opened = await openRelay([closing]);
    const [toServer, toClient] = [listenTo(opened.server), listenTo(opened.client)];
    opened.client.write('abcdef');
    expect(await Promise.all([toServer.ended, toClient.ended])).toEqual(['end', 'end']);
    expect(toServer.text).toBe(text);
    await expectClosed(opened, cause);
  });

  test('by the removal of a timeout where it was active, and only there', async () => {
    const governed = await openRelay([toxic('timeout')]);
    const spared = await openRelay([toxic('timeout', {}, { toxicity: 0.5, draw: 0.7 })]);
    expect([governed.relay.activeToxics(), spared.relay.activeToxics()]).toEqual([['timeout'], []]);
    const ends = [listenTo(governed.server), listenTo(governed.client)];
    for (const { relay } of [governed, spared]) relay.removeToxic('timeout');
    expect(await Promise.all(ends.map(({ ended }) => ended))).toEqual(['end', 'end']);
    await expectClosed(governed, 'toxic-removed');
    const heard = listenTo(spared.server);
    spared.client.write('still here');
    await vi.waitFor(() => expect(heard.text).toBe('still here'));
  });

  test('while a peer does not read: the call returns at once, and the relay does not wait for ever', async () => {
    const opened = await openRelay();
    opened.client.write(Buffer.alloc(10_000_000));
    await vi.waitFor(() => expect(opened.inner.upstream.writableNeedDrain).toBe(true));
    opened.relay.addToxic(toxic('timeout', {}, down));
    opened.relay.removeToxic('timeout');
    await vi.waitFor(() => expect(opened.causes).toEqual(['toxic-removed']), { timeout: 15_000 });
  });
});

test('close ends both sides at once, once, and what is held is dropped', async () => {
  const opened = await openRelay([toxic('latency', { latency: 1e6 })]);
  const [toServer, toClient] = [listenTo(opened.server), listenTo(opened.client)];
  opened.client.write('held');
  await vi.waitFor(() => expect(opened.relay.heldBytes).toBe(4));
  opened.relay.close('disable');
  expect([opened.causes, opened.relay.heldBytes, opened.discarded.upstream]).toEqual([['disable'], 0, 4]);
  expect(await Promise.all([toServer.ended, toClient.ended])).toEqual(['end', 'end']);
  for (const call of [() => opened.relay.addToxic(toxic('latency')), () => opened.relay.updateToxic(toxic('latency')), () => opened.relay.removeToxic('latency')]) call();
  await expectClosed(opened, 'disable');
});
