import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegionApi, type RegionApi } from './region-api.ts';

/** More than a look may take, less than a status may. */
const ANSWER_MS = 3_000;

let server: Server;
let api: RegionApi;
beforeEach(async () => {
  server = createServer((_request, response) => void setTimeout(() => response.end('{"faults":[]}'), ANSWER_MS));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = createRegionApi({ region: 'slow', api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a status may take longer than what only looks', async () => {
  const [status, region] = await Promise.allSettled([api.status(), api.region()]);
  expect(status).toMatchObject({ status: 'fulfilled', value: { faults: [] } });
  expect(region).toMatchObject({ status: 'rejected', reason: { exitCode: 5, message: expect.stringContaining('did not answer within 2.5 s') as string } });
});
