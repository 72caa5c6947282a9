import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { request } from './http.ts';

let server: Server;
let base: string;
/** Method, address, type and body of each request. */
let asked: string[];
/** Answers that go on. */
let streaming: number;
const never = new AbortController().signal;

beforeEach(async () => {
  asked = [];
  streaming = 0;
  server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      asked.push([incoming.method, incoming.url, incoming.headers['content-type'] ?? '-', text].join(' ').trim());
      if (incoming.url === '/silent') return;
      if (incoming.url === '/endless') return streamForever(response);
      if (incoming.url === '/stuck') return void response.write('so far');
      if (incoming.url === '/long') return void response.end('x'.repeat(10_000_000));
      response.writeHead(incoming.url === '/ill' ? 503 : 200, { 'content-type': incoming.url === '/text' ? 'application/json; charset=utf-8' : 'application/json' }).end('{"a":1}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.restoreAllMocks();
  server.close();
  server.closeAllConnections();
});

function streamForever(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  streaming += 1;
  response.on('drain', more).once('close', () => (streaming -= 1));
  more();
}

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

  test.each([1.005, 1e7, [1e6, 1e7] as const])('may take %j seconds', async (timeout) => {
    await expect(request({ type: 'http', url: base, timeout }, fetch, never)).resolves.toMatchObject({ status: 200 });
  });

  test('that nobody answers fails also where the activity says no timeout', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const bounds = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 300));
    for (const path of ['/silent', '/stuck']) {
      await expect(request({ type: 'http', url: base + path }, fetch, never)).rejects.toThrow(`${base}${path} did not answer within 60 s`);
    }
    expect(bounds.mock.calls).toEqual([[60_000], [60_000]]);
  });

  test('that is answered without end fails, and the connection is closed', async () => {
    await expect(request({ type: 'http', url: `${base}/endless` }, fetch, never)).rejects.toThrow(`${base}/endless answered with more than 10 MB, which is more than is read`);
    await vi.waitFor(() => expect(streaming).toBe(0), { timeout: 5000 });
  });

  test('takes an answer that is just short enough', async () => {
    const { body } = await request({ type: 'http', url: `${base}/long` }, fetch, never);
    expect(body).toHaveLength(10_000_000);
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
