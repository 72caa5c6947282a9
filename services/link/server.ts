/**
 * Starts a Toxiproxy-compatible server outside any region, for the command and the library: seed, metrics,
 * proxies, then the API, so that who hears the API finds its proxies there.
 */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { listen } from '#kit/lifecycle.ts';
import { createLinkApp, type LinkApp } from './app.ts';
import { SEEDS } from './draws.ts';
import type { Proxies } from './proxies.ts';
import { showHostPort } from './socket-address.ts';

export interface ServerOptions {
  host: string;
  /** 0 for a free one. */
  port: number;
  log: Logger;
  /** Null for a random one, which is logged. */
  seed: number | null;
  fullClose: boolean;
  proxyMetrics: boolean;
  runtimeMetrics: boolean;
  /** Makes the proxies of the start. What it throws ends the start. */
  beforeOpen: (proxies: Proxies) => Promise<void>;
}

export interface RunningServer {
  /** Of the HTTP API, without a slash at its end. */
  url: string;
  host: string;
  port: number;
  /** The same seed gives the same draws to the same connections. */
  seed: number;
  /** Frees every port and closes every connection; may be called again. */
  close(): Promise<void>;
}

/** @throws ConfigError when the port is taken; nothing is left open then */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, log, fullClose } = options;
  const seed = options.seed ?? randomInt(SEEDS);
  const version = packageVersion();
  const metrics = options.proxyMetrics || options.runtimeMetrics ? await createRegistry(options.runtimeMetrics) : null;
  const app = createLinkApp({ version, log, seed, fullClose, metrics });
  if (options.proxyMetrics) await measure(app, metrics);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= app.close());
  try {
    await options.beforeOpen(app.proxies);
    await listen(app.api, { host, port });
  } catch (error) {
    await close();
    throw error;
  }
  const bound = app.api.server.address() as AddressInfo;
  const where = showHostPort({ host: bound.address, port: bound.port });
  log.info({ version, address: where, seed }, 'server.started');
  return { url: `http://${where}`, host: bound.address, port: bound.port, seed, close };
}

/** Version of the package that this file belongs to. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

/** Loaded when asked for, because most starts need no metrics. */
async function createRegistry(runtimeMetrics: boolean): Promise<Registry> {
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  if (runtimeMetrics) collectDefaultMetrics({ register: registry });
  return registry;
}

async function measure({ api, proxies, ledger }: LinkApp, metrics: Registry | null): Promise<void> {
  if (metrics === null || ledger === null) return;
  const [{ measureHttp }, { measureProxies }] = await Promise.all([import('#kit/http-metrics.ts'), import('./proxy-metrics.ts')]);
  measureHttp(api, metrics);
  measureProxies(metrics, ledger, proxies);
}
