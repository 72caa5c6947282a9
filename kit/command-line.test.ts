import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { apiClient } from './command-line.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(answer: (method: string, body: string) => { status: number; text: string } | null): Promise<{ region: string; api: string }> {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const given = answer(request.method ?? '', body);
      if (given !== null) response.writeHead(given.status).end(given.text);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { region: 'b', api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a call sends JSON and reads JSON; an empty answer is null', async () => {
  const client = apiClient(await serve((method, body) => ({ status: 200, text: method === 'DELETE' ? '' : JSON.stringify({ method, body }) })));
  expect(await client.put('/v1/traffic', { ratePerSecond: 300 })).toEqual({ method: 'PUT', body: '{"ratePerSecond":300}' });
  expect(await client.get('/v1/status')).toEqual({ method: 'GET', body: '' });
  expect(await client.delete('/v1/faults/1')).toBeNull();
});

test.each([
  [404, '{"error":{"code":"AZ_UNKNOWN_TARGET","message":"Nothing has that name."}}', 2, 'Nothing has that name.'],
  [409, '{"error":{"message":"Another fault holds it."}}', 2, 'Another fault holds it.'],
  [503, '<html>', 5, 'Region "b" answered 503.'],
  [500, '{"error":{}}', 6, 'Region "b" answered 500.'],
])('an answer %i becomes a failure with its sentence', async (status, text, exitCode, message) => {
  const client = apiClient(await serve(() => ({ status, text })));
  await expect(client.post('/v1/faults', {})).rejects.toMatchObject({ exitCode, message });
});

test('a region that is silent, gone or answers half is named, never a stack', async () => {
  const running = await serve((_, body) => (body === '' ? null : { status: 200, text: '{"half":' }));
  await expect(apiClient(running, 100).get('/v1/status')).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('did not answer within 0.1 s') });
  await expect(apiClient(running).post('/v1/heal', {})).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('does not answer') });
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await expect(apiClient(running).get('/v1/status')).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining(running.api) });
});
