import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TargetConnections, type TargetConnection } from './target-connections.ts';

let server: Server;
let url: string;
let sockets: Socket[];
const hangs = (path: string | undefined): boolean => path === '/hang';

beforeEach(async () => {
  sockets = [];
  server = createServer((request, response) => {
    if (!hangs(request.url)) response.end('ok');
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function get(connection: TargetConnection, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    connection.client.dispatch({ method: 'GET', path }, {
      onRequestStart: () => {},
      onResponseStart: () => {},
      onResponseData: (_controller, chunk) => void (text += chunk.toString()),
      onResponseEnd: () => resolve(text),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

test('a released connection is used again, the latest first', async () => {
  const pool = new TargetConnections(url);
  const [first, second] = [pool.acquire(), pool.acquire()];
  await Promise.all([get(first), get(second)]);
  pool.release(first);
  pool.release(second);
  const again = pool.acquire();
  expect(again).toBe(second);
  await get(again);
  expect(sockets).toHaveLength(2);
  pool.destroyAll();
});

test('an idle connection that the server closed is not used again', async () => {
  const pool = new TargetConnections(url);
  const connection = pool.acquire();
  await get(connection);
  pool.release(connection);
  server.closeAllConnections();
  await new Promise((next) => setTimeout(next, 50));
  expect(pool.size).toBe(0);
  const fresh = pool.acquire();
  expect(await get(fresh)).toBe('ok');
  pool.destroyAll();
});

test('destroying breaks what is in flight and leaves nothing; the next request connects anew', async () => {
  const pool = new TargetConnections(url);
  const hanging = get(pool.acquire(), '/hang');
  await new Promise((next) => setTimeout(next, 50));
  pool.destroyAll();
  await expect(hanging).rejects.toThrow();
  expect(pool.size).toBe(0);
  expect(await get(pool.acquire())).toBe('ok');
  pool.destroyAll();
});

test('a retired target finishes what is in flight and keeps no connection', async () => {
  const pool = new TargetConnections(url);
  const [idle, busy] = [pool.acquire(), pool.acquire()];
  await get(idle);
  pool.release(idle);
  const answer = get(busy);
  pool.retire();
  expect(await answer).toBe('ok');
  pool.release(busy);
  expect(pool.size).toBe(0);
});

test('an address where nobody answers the handshake fails within the connect timeout', async () => {
  // TEST-NET-1, RFC 5737; a machine without a route refuses at once, which is as good.
  const pool = new TargetConnections('http://192.0.2.1:9');
  const startedMs = performance.now();
  await expect(get(pool.acquire())).rejects.toThrow();
  expect(performance.now() - startedMs).toBeLessThan(400);
  pool.destroyAll();
});
