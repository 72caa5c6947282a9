import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { open, openTarget, talk } from './balancer.fixture.ts';
import { startStandalone, type StandaloneServer, type StandaloneServerOptions } from './standalone-server.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of cleanup.splice(0).reverse()) await one();
});

async function start(options: Partial<StandaloneServerOptions> = {}): Promise<{ running: StandaloneServer; port: number; events: string[] }> {
  const target = await openTarget((incoming, response) => void setTimeout(() => response.end(`answer to ${incoming.url}`), 50));
  const events: string[] = [];
  const running = await startStandalone({
    listen: { host: '127.0.0.1', port: 0 },
    target: [{ id: 'one', zone: 'az1', url: `http://127.0.0.1:${target.port}` }],
    healthPath: '/healthz', trustForwarded: false, rescue: true, bodyLimit: 1000, onEvent: (line) => events.push(line),
    ...options,
  });
  cleanup.push(() => {
    target.server.closeAllConnections();
    target.server.close();
  }, () => running.drain());
  return { running, port: Number(running.traffic.split(':').at(-1)), events };
}

test('it stands in front of a foreign target, whose health answers may say anything', async () => {
  const { port } = await start();
  const { text } = await talk(port, GET, (all) => all.includes('answer'));
  expect(text).toMatch(/^HTTP\/1\.1 200/);
  expect(text).toContain('x-served-by: one');
});

test('its admin address shows targets and metrics', async () => {
  const { port, running } = await start({ admin: { host: '127.0.0.1', port: 0 } });
  await talk(port, GET, (all) => all.includes('answer'));
  const targets = (await (await fetch(`http://${running.admin}/targets`)).json()) as { upstreams: { targets: unknown[] }[] };
  expect(targets.upstreams[0]?.targets[0]).toMatchObject({ target: 'one', zone: 'az1', state: 'up' });
  const metrics = await (await fetch(`http://${running.admin}/metrics`)).text();
  expect(metrics).toContain('azimuth_upstream_requests_total{upstream="target"} 1');
  expect(metrics).toMatch(/azimuth_http_request_duration_seconds_count\{route="proxied",status="2xx"\} 1/);
  expect(metrics).toContain('azimuth_target_state{upstream="target",target="one",zone="az1",state="up"} 1');
});

test('every path belongs to the targets, unless one is kept for its own health', async () => {
  const all = await start({ healthPath: '/' });
  expect((await talk(all.port, 'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n', (text) => text.includes('answer'))).text).toContain('answer to /ready');
  const own = await start({ ownHealthPath: '/ready' });
  expect((await talk(own.port, 'GET /ready HTTP/1.1\r\nHost: a\r\n\r\n', (text) => text.endsWith('}'))).text).toContain('"status":"ok"');
});

test('a taken port is one error that names it', async () => {
  const other = createServer();
  const port = await open(other);
  cleanup.push(() => other.close());
  await expect(start({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(`127.0.0.1:${port}`) as string });
});

test('draining finishes what is in flight', async () => {
  const { port, running } = await start();
  const answer = talk(port, GET);
  await new Promise((next) => setTimeout(next, 20));
  const startedMs = performance.now();
  await running.drain();
  expect(performance.now() - startedMs).toBeLessThan(2000);
  expect((await answer).text).toContain('answer to /');
  await expect(talk(port, GET)).resolves.toMatchObject({ end: 'reset' });
});
