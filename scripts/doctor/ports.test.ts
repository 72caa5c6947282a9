import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { examinePorts } from './ports.ts';

/** Only Linux tells whose socket it is. */
const HOLDER = process.platform === 'linux' ? `process ${process.pid} (` : 'another process';

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

async function takePort(host: string): Promise<number> {
  server = createServer().listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a taken port names who has it and how to choose another', async () => {
  const port = await takePort('127.0.0.1');
  const [finding, ...others] = await examinePorts([{ port, use: 'shop', variable: 'AZIMUTH_SHOP_PORT' }], []);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ name: `port ${port}`, state: 'problem', remedy: expect.stringMatching(/AZIMUTH_SHOP_PORT=\d+ npm start/) });
  expect(finding?.found).toContain(HOLDER);
});

test('somebody who listens on every address has the loopback port too', async () => {
  const port = await takePort('0.0.0.0');
  const [finding] = await examinePorts([{ port, use: 'API', variable: null }], []);
  expect(finding?.state).toBe('problem');
});

test('a port of a running region is no problem, and how to stop it is said', async () => {
  const port = await takePort('127.0.0.1');
  const running = { schema: 'azimuth.running/1', region: 'b', body: 'embedded', pid: 1, startedMs: 1, api: '', urls: { shop: `http://127.0.0.1:${port}` } } as const;
  const [finding] = await examinePorts([{ port, use: 'shop', variable: null }], [running]);
  expect(finding).toMatchObject({ state: 'note', found: 'shop of the running region "b"', remedy: expect.stringContaining('kill 1') });
});

test('free ports are one line', async () => {
  const port = await takePort('127.0.0.1');
  await new Promise((resolve) => server?.close(resolve));
  expect(await examinePorts([{ port, use: 'shop', variable: null }], [])).toMatchObject([{ name: 'ports', state: 'ok', found: `${port} (shop) free` }]);
});
