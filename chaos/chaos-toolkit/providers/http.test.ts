import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { request } from './http.ts';

let server: Server;
let base: string;
/** Method, address, type and body of each request. */
let asked: string[];
const never = new AbortController().signal;

beforeEach(async () => {
  asked = [];
  server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      asked.push([incoming.method, incoming.url, incoming.headers['content-type'] ?? '-', text].join(' ').trim());
      if (incoming.url === '/silent') return;
      response.writeHead(incoming.url === '/ill' ? 503 : 200, { 'content-type': incoming.url === '/text' ? 'application/json; charset=utf-8' : 'application/json' }).end('{"a":1}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

describe('a request', () => {
  test('gives status, headers and body, whatever the status', async () => {
    expect(await request({ type: 'http', url: `${base}/ill` }, fetch, never)).toMatchObject({ status: 503, headers: { 'content-type': 'application/json' }, body: { a: 1 } });
  });

  test('leaves a body a text whose type says more than JSON', async () => {
    expect((await request({ type: 'http', url: `${base}/text` }, fetch, never)).body).toBe('{"a":1}');
  });

  test('has its arguments in the query of a GET, as JSON where the headers say so, else as a form', async () => {
    const provider = { type: 'http' as const, url: `${base}/x`, arguments: { rate: 5, name: 'a b' } };
    await request(provider, fetch, never);
    await request({ ...provider, method: 'put', headers: { 'Content-Type': 'application/json' } }, fetch, never);
    await request({ ...provider, method: 'POST' }, fetch, never);
    expect(asked).toEqual(['GET /x?rate=5&name=a+b -', 'PUT /x application/json {"rate":5,"name":"a b"}', 'POST /x application/x-www-form-urlencoded;charset=UTF-8 rate=5&name=a+b']);
  });

  test('that nobody answers in time fails', async () => {
    await expect(request({ type: 'http', url: `${base}/silent`, timeout: 0.2 }, fetch, never)).rejects.toThrow(`${base}/silent did not answer within 0.2 s`);
  });

  test('ends with an interruption', async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 50);
    await expect(request({ type: 'http', url: `${base}/silent` }, fetch, interruption.signal)).rejects.toThrow('it was interrupted');
  });

  test('to where nobody listens fails with the cause', async () => {
    server.close();
    server.closeAllConnections();
    await expect(request({ type: 'http', url: base }, fetch, never)).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
  });
});
