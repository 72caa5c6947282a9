/** The injector's keeper on real sockets, over ours and over the real Toxiproxy: the same code drives both. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultDetail, LinkVerb } from '#contracts/faults.ts';
import { LinkClient } from '#chaos/injector/links/link-client.ts';
import { Links } from '#chaos/injector/links/links.ts';
import { RoundTrips } from '#chaos/injector/links/round-trip.ts';
import { startToxiproxy } from '../../services/link/toxiproxy.ts';
import { startServer } from '../reference/server-process.ts';
import { findToxiproxy } from '../reference/toxiproxy-binary.ts';
import { ask, ThreeAzs, type LinkServer } from './three-azs.fixture.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const found = await findToxiproxy(say);
if ('missing' in found) say(`Left out, because the real Toxiproxy is not at hand: the keeper over it. ${found.missing}`);

const SERVERS: [name: string, start: () => Promise<LinkServer>][] = [
  ['our server', () => startToxiproxy()],
  ...('path' in found ? [['the real Toxiproxy', () => startServer([found.path])] as [string, () => Promise<LinkServer>]] : []),
];

describe.each(SERVERS)('over %s', (_name, start) => {
  let region: ThreeAzs;
  let links: Links;

  beforeEach(async () => {
    region = new ThreeAzs();
    await region.start(start);
    links = new Links(region.links, () => new Set());
    // The servers are empty: the ways are populated as on the reference, which knows no region.
    expect(await links.settle(links.names())).toEqual({ changed: links.names(), unreached: [] });
  });

  afterEach(async () => {
    links.close();
    await region.close();
  });

  async function begin(verb: LinkVerb, detail: FaultDetail = {}, id = 'f1'): Promise<void> {
    expect(await links.begin({ id, verb, zone: 'az1', detail })).not.toBeNull();
    expect(links.unreached(links.names())).toEqual([]);
  }

  async function heal(id = 'f1'): Promise<void> {
    links.end(id);
    expect((await links.settle(links.names())).unreached).toEqual([]);
  }

  async function got(from: string | null, to: string, patienceMs = 5000): Promise<string> {
    return (await ask(region.way(from, to), patienceMs)).got;
  }

  describe('on real sockets a fault of the keeper', () => {
    it('slow delays what enters and leaves the AZ, and nothing else', async () => {
      await begin('slow', { latencyMs: 400 });
      for (const [from, to] of [['az1', 'az2'], ['az2', 'az1'], [null, 'az1']] as const) {
        const { got, tookMs } = await ask(region.way(from, to), 5000);
        expect([got, tookMs >= 395]).toEqual([to, true]);
      }
      const { tookMs } = await ask(region.way('az2', 'az3'), 5000);
      expect(tookMs).toBeLessThan(395);
      await heal();
      expect((await ask(region.way('az1', 'az2'), 5000)).tookMs).toBeLessThan(395);
    });

    it('isolate leaves an open connection open and silent, and heal ends the silence', async () => {
      const socket = connect(region.way('az2', 'az1').port, '127.0.0.1');
      await once(socket, 'connect');
      const heard: string[] = [];
      socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
      socket.on('close', () => heard.push('close'));
      socket.on('error', (error) => heard.push(error.message));
      await begin('isolate');
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      expect(await got('az1', 'az3', 300)).toBe('silence');
      expect(await got(null, 'az1', 300)).toBe('silence');
      expect(await got('az2', 'az3')).toBe('az3');
      expect(heard).toEqual([]);
      await heal();
      await vi.waitFor(() => expect(heard).toEqual(['close']));
      expect(await got('az1', 'az3')).toBe('az3');
      socket.destroy();
    });

    it('cut closes what is open between the two, both ways, and leaves the third alone', async () => {
      const socket = connect(region.way('az2', 'az1').port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const closed = once(socket, 'close');
      await begin('cut', { peer: 'az2' });
      socket.resume();
      await closed;
      expect(await got('az1', 'az2', 300)).toBe('silence');
      expect(await got('az2', 'az1', 300)).toBe('silence');
      expect(await got('az1', 'az3')).toBe('az3');
      expect(await got(null, 'az1')).toBe('az1');
      await heal();
      expect([await got('az1', 'az2'), await got('az2', 'az1')]).toEqual(['az2', 'az1']);
    });

    it('cut one-way and refusing lets the other direction live', async () => {
      await begin('cut', { peer: 'az2', oneWay: true, refuse: true });
      expect([await got('az1', 'az2'), await got('az2', 'az1')]).toEqual(['ECONNREFUSED', 'az1']);
      await heal();
      expect(await got('az1', 'az2')).toBe('az2');
    });

    it('flaky resets a share of the connections, here all', async () => {
      await begin('flaky', { share: 1 });
      expect([await got('az1', 'az2'), await got('az2', 'az3')]).toEqual(['ECONNRESET', 'az3']);
      await heal();
      expect(await got('az1', 'az2')).toBe('az2');
    });

    it('that overlaps another is healed alone, and an unrelated one disturbs no open connection', async () => {
      const socket = connect(region.way('az2', 'az3').port, '127.0.0.1');
      await once(socket, 'connect');
      let closed = false;
      socket.on('close', () => (closed = true));
      await begin('slow', { latencyMs: 300 });
      await begin('cut', { peer: 'az2', refuse: true }, 'f2');
      await heal('f2');
      expect((await ask(region.way('az1', 'az2'), 5000)).tookMs).toBeGreaterThanOrEqual(295);
      await heal();
      expect(closed).toBe(false);
      socket.destroy();
    });

    it('is back within a round after its link was restarted, base latency too', async () => {
      await begin('slow', { latencyMs: 300 });
      await region.forget('az1-link');
      const [az1] = region.links;
      if (az1 === undefined) throw new Error('no link');
      const client = new LinkClient(az1);
      await vi.waitFor(async () => {
        const names = [...(await client.list()).values()].map(({ toxics }) => toxics.map(({ name }) => name));
        expect(names).toEqual([['f1-latency-upstream'], ['base-latency', 'f1-latency-upstream'], ['base-latency', 'f1-latency-upstream']]);
      }, { timeout: 10_000 });
    });
  });

  it('the measured round trip of every pair contains the base latency, and is silent where nothing comes back', async () => {
    const trips = new RoundTrips(region.links);
    try {
      await vi.waitFor(() => expect(trips.medians().map(({ medianMs }) => medianMs !== null && medianMs >= 0.5)).toEqual(Array(6).fill(true)), { timeout: 15_000 });
      await begin('cut', { peer: 'az2', oneWay: true });
      await vi.waitFor(() => expect(trips.medians().filter(({ medianMs }) => medianMs === null)).toEqual([{ from: 'az1', to: 'az2', medianMs: null }]), { timeout: 15_000 });
    } finally {
      trips.close();
    }
  }, 40_000);
});
