/**
 * Which ports the embedded region takes, found out before anything starts. The first region has fixed ones,
 * so that URLs can be written down, and a taken one is an error that names it; a region of another name
 * takes the next free set, so that it can stand beside the first.
 */
import { createServer } from 'node:net';
import type { Region } from '#contracts/region.ts';

export interface PortUse {
  port: number;
  /** Whose it would be, and the variable that moves it where there is one. */
  owner: string;
}

/** Every port that a process of the embedded region listens on. */
export function portsOf(region: Region): PortUse[] {
  const uses: PortUse[] = [];
  for (const { name, address, admin } of region.endpoints) {
    if (address !== null) uses.push({ port: address.port, owner: name });
    if (admin !== null) uses.push({ port: admin.port, owner: name });
  }
  for (const { name, api, proxies } of region.links) {
    for (const { port } of [api, ...proxies.map(({ listen }) => listen)]) uses.push({ port, owner: name });
  }
  return uses;
}

/** Those that somebody else has, or that may not be opened. */
export async function takenPorts(uses: readonly PortUse[]): Promise<PortUse[]> {
  const free = await Promise.all(uses.map(({ port }) => isFree(port)));
  return uses.filter((_use, index) => free[index] !== true);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
