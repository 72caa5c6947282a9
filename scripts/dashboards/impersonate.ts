/**
 * Somebody else answers where a program of the region was: what a proxy with the wrong upstream does, a half-started
 * deployment, or programs that pass their checks and refuse as a hop below does. No verb of the injector makes these.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Region } from '#contracts/region.ts';
import type { WatchedRegion } from './watched-region.ts';

const ANSWER_MS_MAX = 10_000;

/** @param health what the program itself last said of its health, as it was sent */
type Answer = (path: string, response: ServerResponse, health: string) => void;

/**
 * Kills the programs and answers in their place.
 * @returns what gives their place back to them
 * @throws Error where one has no place or does not answer, and nothing was done; or where one cannot be killed or its place not
 * be taken, and all was given back
 */
export async function impersonate({ injector }: WatchedRegion, names: readonly string[], answer: Answer): Promise<() => Promise<void>> {
  const { endpoints } = await injector.get<Region>('/v1/region');
  const places = await Promise.all(names.map(async (name) => {
    const address = endpoints.find((one) => one.name === name)?.address ?? null;
    if (address === null) throw new Error(`${name} has no address in this region.`);
    const health = await fetch(`http://${address.host}:${address.port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return { ...address, health: await health.text() };
  }));
  const servers = places.map(({ health, ...place }) => {
    const server = createServer((request, response) => {
      // Whoever sends a body and is not read closes the connection, which is another fault.
      request.resume();
      answer(request.url ?? '/', response, health);
    });
    return { server, place };
  });
  const giveBack = async (): Promise<void> => {
    for (const { server } of servers) server.close().closeAllConnections();
    await injector.post('/v1/heal', {});
  };
  try {
    for (const target of names) await injector.post('/v1/faults', { verb: 'kill', target });
    // Each to its end, well or not: who does not listen yet cannot be closed.
    const taken = await Promise.allSettled(servers.map(({ server, place }) => once(server.listen(place), 'listening')));
    for (const one of taken) if (one.status === 'rejected') throw one.reason;
    return giveBack;
  } catch (error) {
    // What went wrong first is what is told.
    await giveBack().catch(() => undefined);
    throw error;
  }
}
