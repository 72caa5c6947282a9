import { connect } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { measureHttp } from './http-metrics.ts';
import { createHttpServer } from './http-server.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

const build = () => {
  const registry = new Registry();
  const app = createHttpServer(pino({ level: 'silent' }));
  measureHttp(app, registry);
  app.get('/pizzas/:id', () => ({ ok: true }));
  app.get('/healthz', () => ({ ok: true }));
  app.get('/never', () => {});
  return { app, registry };
};

test('requests are counted by the pattern of their route and by status; unknown addresses are one series, checks are none', async () => {
  const { app, registry } = build();
  for (const url of ['/pizzas/1', '/pizzas/2', '/a', '/b', '/c', '/healthz']) await app.inject(url);
  await vi.waitFor(async () => {
    const text = await registry.metrics();
    expect(text).toContain('azimuth_http_request_duration_seconds_count{route="/pizzas/:id",status="200"} 2');
    expect(text).toContain('azimuth_http_request_duration_seconds_count{route="unknown",status="404"} 3');
    expect(text).toContain('azimuth_http_requests_in_flight 0');
    expect(text).not.toContain('/healthz');
  }, SOON);
});

test('a client that leaves before its answer is counted once, and not as in flight any more', async () => {
  const { app, registry } = build();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /never HTTP/1.1\r\nhost: x\r\n\r\n'));
  await vi.waitFor(async () => expect(await registry.metrics()).toContain('azimuth_http_requests_in_flight 1'), SOON);
  socket.destroy();
  await vi.waitFor(async () => expect(await registry.metrics()).toContain('azimuth_http_requests_in_flight 0'), SOON);
  expect(await registry.metrics()).toContain('azimuth_http_request_duration_seconds_count{route="/never",status="499"} 1');
  await app.close();
});
