import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Region } from '#contracts/region.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeRegion } from './describe-region.ts';
import { portsOf } from './ports.ts';

const servers: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

function occupy(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    servers.push(server);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

const published = (region: Region): (number | undefined)[] =>
  ['front-door', 'controller'].map((role) => region.endpoints.find((endpoint) => endpoint.role === role)?.address?.port);

describe('the ports of a region', () => {
  it('are none that somebody else has: another name takes the next free set', async () => {
    const first = await describeRegion({ region: 'describe-a', rescue: null, env: {} });
    const [shop] = published(first);
    await occupy(shop ?? 0);
    const second = await describeRegion({ region: 'describe-a', rescue: null, env: {} });
    const mine = new Set(portsOf(second).map(({ port }) => port));
    expect(mine.has(shop ?? 0)).toBe(false);
    expect(mine.size).toBe(portsOf(second).length);
    expect(portsOf(first).filter(({ port }) => mine.has(port))).toEqual([]);
    expect(Math.max(...mine)).toBeLessThan(32_768);
  });

  it('that were asked for by name are taken as asked, or refused with the number', async () => {
    const env = { AZIMUTH_SHOP_PORT: '23911', AZIMUTH_API_PORT: '23912' };
    expect(published(await describeRegion({ region: 'describe-b', rescue: null, env }))).toEqual([23_911, 23_912]);
    await occupy(23_912);
    await expect(describeRegion({ region: 'describe-b', rescue: null, env })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('23912 (controller)') as string,
    });
  });
});

it('that a region in containers has are refused with its name and how it is stopped', async () => {
  const running = { schema: 'azimuth.running/1', region: 'boxes', body: 'compose', pid: null, startedMs: 1, api: 'http://127.0.0.1:8090', urls: { shop: 'http://127.0.0.1:8080/menu' } };
  const server = createHttpServer((_request, response) => response.end(JSON.stringify(running)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = String((server.address() as AddressInfo).port);
  vi.stubEnv('AZIMUTH_API_PORT', port);
  const env = { AZIMUTH_SHOP_PORT: '23913', AZIMUTH_API_PORT: port };
  await expect(describeRegion({ region: 'describe-d', rescue: null, env })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(`${port} (controller), by region "boxes", which runs in containers ("AZIMUTH_REGION=boxes docker compose down -v" stops it)`) as string,
  });
});

it('the rescue switch reaches every balancer, and the environment decides where nothing is said', async () => {
  const rescue = (region: Region): string[] => [...new Set(region.endpoints.flatMap(({ environment }) => environment['AZIMUTH_RESCUE'] ?? []))];
  expect(rescue(await describeRegion({ region: 'describe-c', rescue: false, env: {} }))).toEqual(['off']);
  expect(rescue(await describeRegion({ region: 'describe-c', rescue: null, env: { AZIMUTH_RESCUE: 'off' } }))).toEqual(['off']);
  expect(rescue(await describeRegion({ region: 'describe-c', rescue: null, env: {} }))).toEqual(['on']);
});
