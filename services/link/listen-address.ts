/**
 * Where a proxy listens: the text of a request resolved to an IP address and opened, in the reference's
 * words when that fails. What is resolved is compared with what is open, so that `localhost:3310` is no
 * change from `127.0.0.1:3310` and keeps its connections.
 */
import type { AddressInfo, Server } from 'node:net';
import type { Lookup } from './lookup.ts';
import { cannotListen } from './refusal.ts';
import { parseHostPort, showHostPort, type HostPort } from './socket-address.ts';

const BIND_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EACCES: 'bind: permission denied',
};

/**
 * @param prefix what stands before the reason: the reference says `listen tcp: ` when it is about to listen
 * @returns IP address (empty for all) and port
 * @throws Refusal 500
 */
export async function resolveListen(listen: string, lookup: Lookup, prefix = ''): Promise<HostPort> {
  try {
    const { host, port } = parseHostPort(listen);
    if (host === '') return { host, port };
    const [address] = await lookup(host);
    return { host: address ?? host, port };
  } catch (error) {
    throw cannotListen(`${prefix}${(error as Error).message}`);
  }
}

/**
 * Opens `server` at a resolved address.
 * @returns the address it got, as text
 * @throws Refusal 500 when the system refuses
 */
export async function openAt(server: Server, address: HostPort): Promise<string> {
  const { host, port } = address;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', () => {
        server.off('error', reject);
        resolve();
      });
      // Without a host Node listens on both protocols, as Go does for 0.0.0.0 as well.
      server.listen(host === '' || host === '0.0.0.0' ? { port } : { host, port });
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw cannotListen(`listen tcp ${showHostPort(address)}: ${BIND_FAILURES[code] ?? (error as Error).message}`);
  }
  const bound = server.address() as AddressInfo;
  return showHostPort({ host: bound.address, port: bound.port });
}
