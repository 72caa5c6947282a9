import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkedRegion } from './fake-driver.fixture.ts';
import { readyQuestions, waitUntilReady, type ReadyQuestion } from './readiness.ts';

let server: Server;
/** Status by path. */
let statuses: Record<string, number>;

beforeEach(async () => {
  statuses = { '/readyz': 200, '/healthz': 200 };
  server = createServer((request, response) => response.writeHead(statuses[request.url ?? ''] ?? 404).end('so it is'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const NOW = new AbortController();
NOW.abort();

/** The questions of a kitchen that listens on this port for both. */
function questions(port: number): ReadyQuestion[] {
  const region = linkedRegion();
  const kitchen = region.endpoints.find(({ name }) => name === 'az1-kitchen-a');
  if (kitchen === undefined) throw new Error('the fixture has no kitchen');
  return readyQuestions(region, { ...kitchen, address: { host: '127.0.0.1', port }, admin: { host: '127.0.0.1', port } });
}
const answer = (): Promise<string | null> => waitUntilReady(questions((server.address() as AddressInfo).port), 5000, NOW.signal);

test('a service is ready when its admin address says so and its traffic address answers', async () => {
  expect(await answer()).toBeNull();
  statuses['/readyz'] = 503;
  expect(await answer()).toBe('answered 503 at /readyz: so it is');
});

test('what it tells customers of its health may be a lie, and counts for nothing', async () => {
  statuses['/healthz'] = 503;
  expect(await answer()).toBeNull();
});

test('a traffic address where nobody listens is not ready', async () => {
  const [admin, traffic] = questions((server.address() as AddressInfo).port);
  expect(await waitUntilReady([admin as ReadyQuestion, { ...(traffic as ReadyQuestion), at: { host: '127.0.0.1', port: 1 } }], 5000, NOW.signal)).toMatch(/^did not answer at \/healthz/);
});
