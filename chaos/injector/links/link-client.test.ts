import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LinkClient } from './link-client.ts';
import type { Toxic } from './way-state.ts';

const LATENCY: Toxic = { name: 'f1-latency-upstream', type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 400, jitter: 50 } };
const WAY = { proxy: 'az2-kitchen-a', listen: '127.0.0.1:7', upstream: '127.0.0.1:8' };

let server: Server | null = null;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = null;
});

/** A client of a server that answers so. */
async function clientOf(listener: RequestListener, limits = { callMs: 2000, lostMs: 30_000 }): Promise<LinkClient> {
  const one = createServer(listener);
  server = one;
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return new LinkClient({ name: 'az1-link', api: { host: '127.0.0.1', port: (one.address() as AddressInfo).port } }, limits);
}

/** Answers everything with an empty object, and remembers what was asked. */
function obedient(asked: string[]): RequestListener {
  return (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      if (request.method === 'DELETE') response.writeHead(204).end();
      else response.end(request.url === '/populate' ? '{"proxies":[]}' : '{}');
    });
  };
}

describe('a link is asked', () => {
  it('in the words of Toxiproxy, once per call', async () => {
    const asked: string[] = [];
    const client = await clientOf(obedient(asked));
    await client.call({ type: 'populate', ...WAY, enabled: false });
    await client.call({ type: 'disable', ...WAY });
    await client.call({ type: 'enable', ...WAY });
    await client.call({ type: 'add', proxy: WAY.proxy, toxic: LATENCY });
    await client.call({ type: 'update', proxy: WAY.proxy, toxic: LATENCY });
    await client.call({ type: 'remove', proxy: WAY.proxy, toxic: LATENCY });
    expect(asked.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'POST /populate',
      'POST /proxies/az2-kitchen-a',
      'POST /proxies/az2-kitchen-a',
      'POST /proxies/az2-kitchen-a/toxics',
      'POST /proxies/az2-kitchen-a/toxics/f1-latency-upstream',
      'DELETE /proxies/az2-kitchen-a/toxics/f1-latency-upstream',
    ]);
    expect(asked[0]).toContain('[{"name":"az2-kitchen-a","listen":"127.0.0.1:7","upstream":"127.0.0.1:8","enabled":false}]');
    expect(asked[1]).toContain('{"listen":"127.0.0.1:7","upstream":"127.0.0.1:8","enabled":false}');
    expect(asked[3]).toContain('"attributes":{"latency":400,"jitter":50}');
  });

  it('to remove a toxic that somebody named by hand, and no other', async () => {
    const asked: string[] = [];
    const client = await clientOf(obedient(asked));
    await client.call({ type: 'remove', proxy: WAY.proxy, toxic: { ...LATENCY, name: 'by hand?#' } });
    expect(asked).toEqual(['DELETE /proxies/az2-kitchen-a/toxics/by%20hand%3F%23 ']);
  });

  it('for its ways with their toxics', async () => {
    const way = { name: WAY.proxy, listen: WAY.listen, upstream: WAY.upstream, enabled: true, Logger: {}, toxics: [LATENCY] };
    const client = await clientOf((_request, response) => response.end(JSON.stringify({ [WAY.proxy]: way })));
    const ways = await client.list();
    expect([...ways.keys()]).toEqual([WAY.proxy]);
    expect(ways.get(WAY.proxy)).toMatchObject({ listen: WAY.listen, enabled: true, toxics: [LATENCY] });
  });
});

describe('a link that does not do it', () => {
  it.each([404, 409, 500])('and answers %i has refused, and the error says which link and what', async (status) => {
    const client = await clientOf((_request, response) => response.writeHead(status).end('{"error":"x"}'));
    await expect(client.call({ type: 'add', proxy: WAY.proxy, toxic: LATENCY })).rejects.toMatchObject({
      refused: true,
      message: `az1-link refused add f1-latency-upstream on az2-kitchen-a: Request failed with status code ${status}`,
    });
  });

  it.each([
    ['a list', '[]'],
    ['a page', '<html>'],
    ['something else', '{"az2-kitchen-a":{"listen":5}}'],
    ['nothing', ''],
  ])('and answers with %s is no Toxiproxy', async (_what, text) => {
    const client = await clientOf((_request, response) => response.end(text));
    await expect(client.list()).rejects.toMatchObject({ name: 'LinkFailure', refused: false });
  });

  it('because nobody listens cannot be reached, at once', async () => {
    const client = await clientOf(() => undefined);
    server?.close();
    await expect(client.list()).rejects.toMatchObject({ refused: false, message: expect.stringMatching(/^az1-link cannot be reached at http:\/\/127\.0\.0\.1:\d+ /) as string });
  });

  it('because it resets the connection cannot be reached', async () => {
    const client = await clientOf((request) => request.socket.resetAndDestroy());
    await expect(client.list()).rejects.toMatchObject({ refused: false });
  });

  it('because it is frozen is given up after the limit, headers or body', async () => {
    const limits = { callMs: 100, lostMs: 30_000 };
    const client = await clientOf((_request, response) => void response.writeHead(200).write('{"half'), limits);
    await expect(client.list()).rejects.toMatchObject({ refused: false, message: 'az1-link did not answer within 0.1 s (GET /proxies)' });
  });
});

describe('a call that was given up', () => {
  it('is not overtaken: the next is sent after it has ended', async () => {
    const order: string[] = [];
    let thaw = (): void => undefined;
    const frozen = new Promise<void>((resolve) => (thaw = resolve));
    const client = await clientOf(async (request, response) => {
      await frozen;
      order.push(`${request.method} ${request.url}`);
      response.writeHead(request.method === 'DELETE' ? 204 : 200).end(request.method === 'DELETE' ? '' : '{}');
    }, { callMs: 200, lostMs: 30_000 });
    await expect(client.call({ type: 'add', proxy: 'way', toxic: LATENCY })).rejects.toThrow('did not answer');
    await expect(client.call({ type: 'remove', proxy: 'way', toxic: LATENCY })).rejects.toThrow('did not answer');
    const last = client.list();
    thaw();
    await last;
    // The removal was never sent: it is planned anew from what the link then is.
    expect(order).toEqual(['POST /proxies/way/toxics', 'GET /proxies']);
  });

  it('and went to a link that is no more does not hold up its successor for ever', async () => {
    let answers = false;
    const client = await clientOf((_request, response) => (answers ? response.end('{}') : undefined), { callMs: 50, lostMs: 100 });
    await expect(client.list()).rejects.toThrow('did not answer');
    answers = true;
    await expect(client.list()).rejects.toThrow('did not answer');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await client.list()).toEqual(new Map());
  });

  it('and went into a network that the link had left is waited for no longer once it is back', async () => {
    let asked = 0;
    const client = await clientOf((_request, response) => (++asked > 1 ? response.end('{}') : undefined), { callMs: 20_000, lostMs: 30_000 });
    const lost = client.list();
    setTimeout(() => client.returned(), 20);
    await expect(lost).rejects.toThrow('did not answer');
    expect(await client.list()).toEqual(new Map());
  });
});
