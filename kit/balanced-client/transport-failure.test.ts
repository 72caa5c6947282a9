import { createServer, type AddressInfo } from 'node:net';
import { Client, errors } from 'undici';
import { expect, test } from 'vitest';
import { failureCause } from './transport-failure.ts';

const coded = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

test.each([
  ['ECONNREFUSED', false, 'refused'],
  ['EHOSTUNREACH', false, 'refused'],
  ['ENETUNREACH', false, 'refused'],
  ['ENOTFOUND', false, 'refused'],
  ['AZ_CONNECT_TIMEOUT', false, 'refused'],
  ['ECONNRESET', true, 'reset'],
  ['EPIPE', true, 'reset'],
  ['ETIMEDOUT', true, 'reset'],
  ['UND_ERR_SOCKET', true, 'reset'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', true, 'reset'],
  ['HPE_INVALID_EOF_STATE', true, 'reset'],
  ['HPE_INVALID_CONSTANT', true, 'protocol'],
  ['UND_ERR_HEADERS_OVERFLOW', true, 'protocol'],
  ['EMFILE', false, 'own'],
  ['UND_ERR_INVALID_ARG', false, 'own'],
] as const)('%s with written=%s is %s', (code, written, expected) => {
  expect(failureCause(coded(code), written)).toBe(expected);
});

test('undici words for bytes that nobody asked for are a protocol failure', () => {
  expect(failureCause(new errors.SocketError('bad response'), true)).toBe('protocol');
  expect(failureCause(new errors.SocketError('bad upgrade'), true)).toBe('protocol');
  expect(failureCause(new errors.SocketError('other side closed'), true)).toBe('reset');
});

test('undici sends a request that was written once, however its connection ends', async () => {
  let heads = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heads += (chunk.toString('latin1').match(/HTTP\/1\.1\r\n/g) ?? []).length;
      if (heads % 2 === 0) socket.end();
      else socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { pipelining: 1 });
  for (const method of ['GET', 'PUT', 'POST', 'GET']) {
    const before = heads;
    await expect(client.request({ method, path: '/', body: method === 'GET' ? null : 'x' })).rejects.toThrow();
    await new Promise((next) => setTimeout(next, 30));
    expect(heads).toBe(before + 1);
  }
  await client.destroy();
  server.close();
});
