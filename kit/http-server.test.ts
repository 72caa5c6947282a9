import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { pino } from 'pino';
import { Type } from 'typebox';
import { AzimuthError } from '#contracts/errors.ts';
import { createHealth, serveHealth } from './health.ts';
import { createHttpServer, markAnswers } from './http-server.ts';

const log = pino({ level: 'silent' });
const instance = { id: 'az1-kitchen-a', bootId: 'boot', version: '1.2.3' };

const build = () => {
  const health = createHealth(instance, { load: () => ({ busy: 1, waiting: 2, limit: 8 }) });
  const app = createHttpServer(log);
  markAnswers(app, { id: instance.id, az: 'az1' });
  serveHealth(app, health);
  app.post('/count', { schema: { body: Type.Object({ n: Type.Integer() }, { additionalProperties: false }) } }, (request) => ({ n: request.body.n }));
  app.get('/refuse', () => {
    throw new AzimuthError('AZ_OVENS_FULL');
  });
  app.get('/break', () => {
    throw new Error('the password is 1234');
  });
  return { app, health };
};

let open: { close(): Promise<unknown> } | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

test('every answer says who gave it, refusals and unknown addresses too', async () => {
  const { app } = build();
  for (const url of ['/healthz', '/refuse', '/nowhere', '/break']) {
    expect((await app.inject(url)).headers).toMatchObject({ 'x-az': 'az1', 'x-served-by': 'az1-kitchen-a' });
  }
});

test('health says who answers, how loaded it is, and 503 once it drains; then connections are closed one by one', async () => {
  const { app, health } = build();
  const before = await app.inject('/healthz');
  expect(before.statusCode).toBe(200);
  expect(before.json()).toMatchObject({ status: 'ok', instanceId: 'az1-kitchen-a', bootId: 'boot', version: '1.2.3', load: { busy: 1, waiting: 2, limit: 8 }, firstAttempts: null });
  expect(before.headers.connection).not.toBe('close');
  health.drain();
  const after = await app.inject('/healthz');
  expect(after.statusCode).toBe(503);
  expect(after.json()).toMatchObject({ status: 'draining' });
  expect(after.headers.connection).toBe('close');
});

test.each([
  ['an error of the catalogue', { method: 'GET', url: '/refuse' }, 503, 'AZ_OVENS_FULL'],
  ['an unknown address', { method: 'GET', url: '/nowhere' }, 404, 'AZ_NOT_FOUND'],
  ['a body of another form', { method: 'POST', url: '/count', payload: { n: 'x' } }, 400, 'AZ_BAD_REQUEST'],
  ['a number as text', { method: 'POST', url: '/count', payload: { n: '8' } }, 400, 'AZ_BAD_REQUEST'],
  ['an unknown property', { method: 'POST', url: '/count', payload: { n: 8, m: 1 } }, 400, 'AZ_BAD_REQUEST'],
  ['malformed JSON', { method: 'POST', url: '/count', payload: '{"n":', headers: { 'content-type': 'application/json' } }, 400, 'AZ_BAD_REQUEST'],
  ['another media type', { method: 'POST', url: '/count', payload: '<n/>', headers: { 'content-type': 'text/xml' } }, 415, 'AZ_MEDIA_TYPE'],
  ['a body that is too large', { method: 'POST', url: '/count', payload: { n: 1, x: 'x'.repeat(70_000) } }, 413, 'AZ_BODY_TOO_LARGE'],
] as const)('%s is answered from the catalogue', async (_what, request, status, code) => {
  const answer = await build().app.inject(request);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['x-azimuth-error']).toBe(code);
  expect(answer.json()).toMatchObject({ error: { code } });
});

test('an error that nobody foresaw is answered without its text', async () => {
  const answer = await build().app.inject('/break');
  expect(answer.statusCode).toBe(500);
  expect(answer.headers['x-azimuth-error']).toBe('AZ_INTERNAL');
  expect(answer.body).not.toContain('1234');
});

test('what is not HTTP is refused from the catalogue and the connection closed', async () => {
  const { app } = build();
  open = app;
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const text = await new Promise<string>((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'));
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(text).toMatch(/x-azimuth-error: AZ_MALFORMED/);
});

test('a server keeps an idle connection far longer than any client of the region does', () => {
  const { server } = build().app;
  expect(server.keepAliveTimeout).toBe(72_000);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
  expect(server.requestTimeout).toBeGreaterThanOrEqual(server.headersTimeout);
});
