/**
 * Somebody else answers where a program of the region was: what a proxy with the wrong upstream does, a half-started
 * deployment, or a program that passes its checks and refuses as a hop below does. No verb of the injector makes these.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Region } from '#contracts/region.ts';
import type { WatchedRegion } from './watched-region.ts';

const ANSWER_MS_MAX = 10_000;

/** @param health what the program itself last said of its health, as it was sent */
type Answer = (path: string, response: ServerResponse, health: string) => void;

/** Kills the program and answers in its place. @returns what gives its place back to it */
export async function impersonate({ injector }: WatchedRegion, name: string, answer: Answer): Promise<() => Promise<void>> {
  const { endpoints } = await injector.get<Region>('/v1/region');
  const address = endpoints.find((one) => one.name === name)?.address ?? null;
  if (address === null) throw new Error(`${name} has no address in this region.`);
  const health = await (await fetch(`http://${address.host}:${address.port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })).text();
  await injector.post('/v1/faults', { verb: 'kill', target: name });
  const server = createServer((request, response) => {
    // Whoever sends a body and is not read closes the connection, which is another fault.
    request.resume();
    answer(request.url ?? '/', response, health);
  }).listen(address.port, address.host);
  await once(server, 'listening');
  return async () => {
    server.close().closeAllConnections();
    await injector.post('/v1/heal', {});
  };
}
