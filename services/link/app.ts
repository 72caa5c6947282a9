/**
 * A Toxiproxy-compatible server without a port: its proxies and its API. The link of an AZ, the command and
 * the library are this, each with a start of its own.
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { systemClock, type Clock } from '#kit/clock.ts';
import { createApi } from './api.ts';
import { createDialer, type Dialer } from './dial.ts';
import { createLookup } from './lookup.ts';
import { Proxies } from './proxies.ts';
import { createTraffic, TrafficLedger } from './proxy-traffic.ts';

/** What is in flight at the API when it closes gets this long. */
const API_CLOSE_MS_MAX = 1000;

export interface LinkAppOptions {
  /** Of this program, for the header that says who answers. */
  version: string;
  log: Logger;
  /** Of all draws, a whole number below 2^32. */
  seed: number;
  /** Close both directions when one ends, as the reference does; else an end of stream is passed on. */
  fullClose: boolean;
  /** Shown at `/metrics`; null for no such path. */
  metrics: Registry | null;
  clock?: Clock;
  dial?: Dialer;
}

export interface LinkApp {
  proxies: Proxies;
  /** What went through the proxies; null without metrics. */
  ledger: TrafficLedger | null;
  api: FastifyInstance;
  /** Frees every port and closes every connection. */
  close(): Promise<void>;
}

export function createLinkApp(options: LinkAppOptions): LinkApp {
  const { version, log, seed, fullClose, metrics, clock = systemClock } = options;
  const lookup = createLookup();
  const ledger = metrics === null ? null : new TrafficLedger();
  const proxies = new Proxies({
    seed,
    fullClose,
    clock,
    log,
    lookup,
    dial: options.dial ?? createDialer(clock, lookup),
    openTraffic: (labels) => ledger?.open(labels) ?? createTraffic(labels),
  });
  const api = createApi({ proxies, log, version, metrics });
  return {
    proxies,
    ledger,
    api,
    close: async () => {
      proxies.close();
      const cut = clock.after(API_CLOSE_MS_MAX, () => api.server.closeAllConnections());
      await api.close();
      cut();
    },
  };
}
