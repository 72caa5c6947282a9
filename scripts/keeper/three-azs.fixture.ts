/** Three AZs with real sockets: an endpoint and a Toxiproxy-compatible server each, whose ways nobody has opened yet. */
import { createServer as createHttpServer, request, type Agent, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Link, LinkProxy, NetworkAddress } from '#contracts/region.ts';
import { freePort } from '#kit/free-port.ts';

/** A Toxiproxy's API, whichever. */
export interface LinkServer {
  host: string;
  port: number;
  close(): Promise<void>;
}

const AZS = ['az1', 'az2', 'az3'] as const;

export class ThreeAzs {
  readonly links: Link[] = [];
  readonly #endpoints: Server[] = [];
  readonly #servers = new Map<string, LinkServer>();

  async start(startServer: () => Promise<LinkServer>): Promise<void> {
    const upstreams = new Map<string, NetworkAddress>();
    for (const az of AZS) {
      const endpoint = createHttpServer((_request, response) => response.end(az));
      await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
      this.#endpoints.push(endpoint);
      upstreams.set(az, { host: '127.0.0.1', port: (endpoint.address() as AddressInfo).port });
    }
    for (const az of AZS) this.#servers.set(`${az}-link`, await startServer());
    // A port that is free is nobody's until somebody listens there, and may be given out twice.
    const given = new Set<number>();
    const anotherPort = async (): Promise<number> => {
      for (;;) {
        const port = await freePort();
        if (given.has(port)) continue;
        given.add(port);
        return port;
      }
    };
    for (const [name, { host, port }] of this.#servers) {
      const az = name.slice(0, 3) as (typeof AZS)[number];
      const proxies: LinkProxy[] = [];
      for (const to of AZS) {
        const from = to === az ? null : az;
        const upstream = upstreams.get(to);
        if (upstream === undefined) throw new Error(`no endpoint in ${to}`);
        proxies.push({ name: `${to}-kitchen-a`, from, to, listen: { host: '127.0.0.1', port: await anotherPort() }, upstream, baseLatencyMs: from === null ? 0 : 1 });
      }
      this.links.push({ name, az, api: { host, port }, proxies });
    }
  }

  /** As after a kill and a start: the link knows nothing of what it was told. */
  async forget(name: string): Promise<void> {
    const server = this.#servers.get(name);
    const link = this.links.find((one) => one.name === name);
    if (server === undefined || link === undefined) throw new Error(`no link ${name}`);
    for (const proxy of link.proxies) await fetch(`http://${server.host}:${server.port}/proxies/${proxy.name}`, { method: 'DELETE' });
  }

  /** Where members of `from` (null: what stands outside) connect to reach the endpoint in `to`. */
  way(from: string | null, to: string): NetworkAddress {
    const found = this.links.flatMap(({ proxies }) => proxies).find((proxy) => proxy.from === from && proxy.to === to);
    if (found === undefined) throw new Error(`no way from ${from} to ${to}`);
    return found.listen;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    for (const endpoint of this.#endpoints) {
      endpoint.close();
      endpoint.closeAllConnections();
    }
  }
}

/** What came of a request: the body and how long it took, an error's code, or `silence` after `patienceMs`. */
export async function ask({ host, port }: NetworkAddress, patienceMs: number, agent?: Agent): Promise<{ got: string; tookMs: number }> {
  const startedMs = performance.now();
  const got = await new Promise<string>((resolve) => {
    const sent = request({ host, port, path: '/healthz', ...(agent === undefined ? { agent: false } : { agent }) }, (response: IncomingMessage) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.setTimeout(patienceMs, () => {
      resolve('silence');
      sent.destroy();
    });
    sent.end();
  });
  return { got, tookMs: performance.now() - startedMs };
}
