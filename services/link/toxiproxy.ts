/**
 * Toxiproxy as a library: a server of one's own per test, on a free port, inside the test's process. Any
 * Toxiproxy client speaks to it.
 *
 * In a Node project (Node 22.18 or newer), beside a checkout of this repository:
 *
 *     npm install --save-dev ../azimuth toxiproxy-node-client
 *
 *     import { startToxiproxy } from 'azimuth/toxiproxy';
 *     import { Toxiproxy } from 'toxiproxy-node-client';
 *
 *     const server = await startToxiproxy({ proxies: [{ name: 'redis', upstream: '127.0.0.1:6379' }] });
 *     const redis = await new Toxiproxy(server.url).get('redis'); // redis.listen is where to connect
 *     await redis.addToxic({ name: 'slow', type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: 400, jitter: 0 } });
 *     await server.close();
 *
 * npm makes a link of a folder, which is what is needed: Node strips no types under node_modules. The
 * checkout needs its own `npm install` once (`./azimuth --help` does it).
 */
import { pino, type Logger } from 'pino';
import { startServer, type RunningServer } from './server.ts';

/** A proxy as `/populate` takes it. */
export interface ProxyOption {
  name: string;
  /** `host:port`. */
  upstream: string;
  /** `host:port`; by default any free port of this machine's loopback. */
  listen?: string;
  /** Default true. */
  enabled?: boolean;
}

export interface ToxiproxyOptions {
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** Who is hit by a toxicity below 1, and how much jitter, repeats with it. A whole number from 0 to 2^32 - 1; default random. */
  seed?: number;
  proxies?: readonly ProxyOption[];
  /** Close both directions of a connection when one ends, as the reference does. Default false: an end of stream is passed on. */
  fullClose?: boolean;
  /** Serve `/metrics` with what the proxies carry. Default false. */
  proxyMetrics?: boolean;
  /** Serve `/metrics` with what this process uses. Default false. */
  runtimeMetrics?: boolean;
  /** Default silent. */
  log?: Logger;
}

/** `url` is what clients take; `close` frees every port and closes every connection. */
export type RunningToxiproxy = RunningServer;

/** @throws Error when a port is taken or a proxy cannot be made; nothing is left open then */
export async function startToxiproxy(options: ToxiproxyOptions = {}): Promise<RunningToxiproxy> {
  const { host = '127.0.0.1', port = 0, proxies = [], log = pino({ level: 'silent' }) } = options;
  return startServer({
    host,
    port,
    log,
    seed: options.seed ?? null,
    fullClose: options.fullClose === true,
    proxyMetrics: options.proxyMetrics === true,
    runtimeMetrics: options.runtimeMetrics === true,
    beforeOpen: async (collection) => {
      const { error } = await collection.populate(proxies.map((proxy) => ({ listen: '127.0.0.1:0', enabled: true, ...proxy })));
      if (error !== null) throw error;
    },
  });
}
