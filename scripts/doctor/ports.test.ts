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
  const [finding, ...others] = await examinePorts([{ port, use: 'shop', variable: 'AZIMUTH_SHOP_PORT' }]);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ name: `port ${port}`, state: 'problem', remedy: expect.stringMatching(/AZIMUTH_SHOP_PORT=\d+ npm start/) });
  expect(finding?.found).toContain(HOLDER);
});

test('somebody who listens on every address has the loopback port too', async () => {
  const port = await takePort('0.0.0.0');
  const [finding] = await examinePorts([{ port, use: 'API', variable: null }]);
  expect(finding?.state).toBe('problem');
});

test('free ports are one line', async () => {
  const port = await takePort('127.0.0.1');
  await new Promise((resolve) => server?.close(resolve));
  const wanted = { port, use: 'shop', variable: 'AZIMUTH_SHOP_PORT' };
  expect(await examinePorts([wanted])).toMatchObject([{ name: 'ports', state: 'ok', found: `${port} (shop) free` }]);
  expect(await examinePorts([{ ...wanted, variable: null }])).toMatchObject([{ found: `1 from ${port} to ${port} free` }]);
});
