/** What the Host header of a request may say to a program of the region, beside this machine's own names and the port that it listens on. */
import type { Endpoint } from '#contracts/region.ts';

/** @param published port of the host that leads to its own; null where none does */
export function hostNames({ name, address, networks }: Endpoint, published: number | null): string[] {
  if (address === null) return [];
  const inside = [name, address.host, ...networks.flatMap(({ aliases }) => aliases)];
  return [...(published === null ? [] : [`127.0.0.1:${published}`, `localhost:${published}`]), ...inside.map((host) => `${host}:${address.port}`)];
}
