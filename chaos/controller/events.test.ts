import { get, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventReader, type ReadEvent } from '../client/event-reader.ts';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { TestController } from './controller.fixture.ts';
import { EventLog } from './event-log.ts';
import { streamEvents } from './event-stream.ts';

let region: FakeRegion;
let controller: TestController;
beforeEach(async () => {
  region = await FakeRegion.start();
  controller = await TestController.start(region.url);
});
afterEach(async () => {
  await controller.stop();
  await region.stop();
});

interface Listener {
  status: number;
  events: ReadEvent[];
  leave: () => void;
  ended: Promise<void>;
}

async function listen(path: string, lastEventId?: string): Promise<Listener> {
  const leaving = new AbortController();
  const response = await fetch(`${controller.running.api}${path}`, { signal: leaving.signal, headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } });
  const events: ReadEvent[] = [];
  const reader = new EventReader();
  const read = async (): Promise<void> => {
    for await (const bytes of response.body ?? []) events.push(...reader.read(new TextDecoder().decode(bytes as Uint8Array)));
  };
  return { status: response.status, events, leave: () => leaving.abort(), ended: read().catch(() => undefined) };
}
const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 200) throw new Error('it did not come to hold');
    await sleep(50);
  }
};
const typesOf = ({ events }: Listener): string[] => events.map(({ type }) => type);
const kill = (): Promise<unknown> => region.api.break({ verb: 'kill', target: 'az1', leaseMs: 60_000 });

describe('the events of the region', () => {
  it('tell of faults and of the lever, however they came about, with what they are', async () => {
    const listener = await listen('/v1/events');
    await sleep(300);
    await kill();
    await until(() => typesOf(listener).includes('fault.made'));
    expect(JSON.parse(listener.events[0]?.data ?? '')).toMatchObject({ type: 'fault.made', fault: { verb: 'kill', target: 'az1' } });
    region.faults = [];
    region.lever = { blocked: true, reason: 'drill', sinceMs: 1 };
    await until(() => typesOf(listener).includes('lever.set'));
    expect(typesOf(listener)).toEqual(['fault.made', 'fault.over', 'lever.set']);
    listener.leave();
  });

  it('go on for who comes back with the id of what it heard last', async () => {
    const first = await listen('/v1/events');
    await sleep(300);
    await kill();
    await until(() => first.events.length === 1);
    const other = await listen('/v1/events');
    first.leave();
    region.faults = [];
    await until(() => other.events.length === 1);
    const again = await listen('/v1/events', first.events[0]?.id ?? '');
    await until(() => again.events.length === 1);
    expect([typesOf(other), typesOf(again)]).toEqual([['fault.over'], ['fault.over']]);
    expect(again.events[0]?.id).toBe(other.events[0]?.id);
    for (const one of [other, again]) one.leave();
  });

  it('are followed by so many and no more; who leaves makes room', async () => {
    const listeners = await Promise.all(Array.from({ length: 32 }, () => listen('/v1/events')));
    expect(listeners.map(({ status }) => status)).toEqual(Array(32).fill(200));
    const refused = await fetch(`${controller.running.api}/v1/events`);
    expect([refused.status, refused.headers.get('x-azimuth-error')]).toEqual([503, 'AZ_TOO_MANY_LISTENERS']);
    listeners[0]?.leave();
    await sleep(200);
    const next = await listen('/v1/events');
    expect(next.status).toBe(200);
    for (const one of [...listeners, next]) one.leave();
  });

  it('are no answer to a HEAD, which would never end', async () => {
    expect((await fetch(`${controller.running.api}/v1/events`, { method: 'HEAD' })).status).toBe(404);
  });

  it.each([['host', 'evil.example'], ['last-event-id', 'x'.repeat(200)]])('are refused to a %s that is none', async (header, value) => {
    const status = await new Promise((resolve) => get(`${controller.running.api}/v1/events`, { headers: { [header]: value } }, (response) => resolve(response.statusCode)));
    expect(status).toBe(header === 'host' ? 403 : 400);
  });
});

describe('the events of a run', () => {
  it('end with it, come whole to who comes late, and from the middle to who comes back', async () => {
    region.lever = { blocked: true, reason: 'drill', sinceMs: 1 };
    await controller.keeper.begin({ document: (await import('../experiments/documents.ts')).experimentNamed('az-freeze') });
    await until(() => controller.keeper.get('r1').state === 'ended');
    const late = await listen('/v1/runs/r1/events');
    await late.ended;
    expect(typesOf(late)).toEqual(['run.started', 'run.ended']);
    const back = await listen('/v1/runs/r1/events', late.events[0]?.id ?? '');
    await back.ended;
    expect(typesOf(back)).toEqual(['run.ended']);
    expect((await listen('/v1/runs/r1/events', late.events.at(-1)?.id ?? '')).status).toBe(204);
  });
});

describe('a stream', () => {
  it('gives all that was missed to who reads, however much that is', async () => {
    const { createServer } = await import('node:http');
    const log = new EventLog<{ type: string; text: string }>('m', 1000);
    for (let count = 1; count <= 1000; count += 1) log.append({ type: count === 1000 ? 'last' : 'said', text: 'x'.repeat(1000) });
    const server = createServer((_request, response) => streamEvents(response, { log, after: { id: null }, isLast: ({ type }) => type === 'last', onClosed: () => undefined }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const text = await fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
    expect(text.match(/^id: /gm)).toHaveLength(1000);
    await new Promise((resolve) => server.close(resolve));
  });

  it('says now and then that it is there, tells of a gap, and drops who does not read', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { createServer } = await import('node:http');
    const log = new EventLog<{ type: string; text: string }>('m', 2);
    for (const text of ['one', 'two', 'three']) log.append({ type: 'said', text });
    const closed = vi.fn<() => void>();
    const server = createServer((_request, response) => streamEvents(response, { log, after: { id: 'm-0' }, isLast: () => false, onClosed: closed }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    let text = '';
    httpRequest({ port, host: '127.0.0.1' }, (response) => response.on('data', (chunk: Buffer) => (text += chunk.toString()))).on('error', () => undefined).end();
    await until(() => text.includes('three'));
    expect(text).toBe('retry: 1000\n\nevent: events.dropped\ndata: {"type":"events.dropped"}\n\nid: m-2\nevent: said\ndata: {"type":"said","text":"two"}\n\nid: m-3\nevent: said\ndata: {"type":"said","text":"three"}\n\n');
    vi.advanceTimersByTime(10_000);
    await until(() => text.endsWith(': still here\n\n'));
    // This one asks, and then never reads.
    const deaf = connect(port, '127.0.0.1', () => deaf.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    deaf.on('error', () => undefined).pause();
    await sleep(200);
    for (let count = 0; count < 200 && closed.mock.calls.length === 0; count += 1) {
      log.append({ type: 'said', text: 'x'.repeat(64 * 1024) });
      await sleep(5);
    }
    expect(closed).toHaveBeenCalledTimes(1);
    deaf.destroy();
    vi.useRealTimers();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
