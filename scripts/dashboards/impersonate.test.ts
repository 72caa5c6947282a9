import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { impersonate } from './impersonate.ts';
import type { WatchedRegion } from './watched-region.ts';

const NAMES = ['az1-load-balancer', 'az2-load-balancer'];

/** Programs of the region, each of which says who it is. */
let programs: Map<string, { server: Server; port: number }>;
let asked: string[];
/** Whom a kill does not reach. */
let immortal: string | null;

const injector = {
  get: async () => ({ endpoints: [...programs].map(([name, { port }]) => ({ name, address: { host: '127.0.0.1', port } })) }),
  post: async (path: string, { target }: { target?: string }) => {
    asked.push([path, target].filter(Boolean).join(' '));
    if (target === undefined || target === immortal) return;
    const { server } = programs.get(target) ?? {};
    server?.close().closeAllConnections();
  },
};
const watched = { injector } as unknown as WatchedRegion;
const portOf = (name: string | undefined): number => programs.get(name ?? '')?.port ?? 0;
/** Null where nobody listens. */
const heardAt = (name: string | undefined): Promise<string | null> => fetch(`http://127.0.0.1:${portOf(name)}/menu`).then((answer) => answer.text(), () => null);

beforeEach(async () => {
  asked = [];
  immortal = null;
  programs = new Map();
  for (const name of NAMES) {
    const server = createServer((request, response) => response.end(`${name} ${request.url}`)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    programs.set(name, { server, port: (server.address() as AddressInfo).port });
  }
});

afterEach(() => {
  for (const { server } of programs.values()) server.close().closeAllConnections();
});

test('somebody else answers where the programs were, with what they last said of their health, until their place is given back', async () => {
  const giveBack = await impersonate(watched, NAMES, (path, response, health) => void response.end(`not ${health} but ${path}`));
  expect(await Promise.all(NAMES.map(heardAt))).toEqual(['not az1-load-balancer /healthz but /menu', 'not az2-load-balancer /healthz but /menu']);
  await giveBack();
  expect(asked).toEqual(['/v1/faults az1-load-balancer', '/v1/faults az2-load-balancer', '/v1/heal']);
  expect(await Promise.all(NAMES.map(heardAt))).toEqual([null, null]);
});

test.each(NAMES)('a place that cannot be taken, that of %s, is told, and nobody is left in the place of another', async (stays) => {
  immortal = stays;
  await expect(impersonate(watched, NAMES, (_path, response) => void response.end('impostor'))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(asked.at(-1)).toBe('/v1/heal');
  expect(await Promise.all(NAMES.map(heardAt))).toEqual(NAMES.map((name) => (name === stays ? `${name} /menu` : null)));
});
