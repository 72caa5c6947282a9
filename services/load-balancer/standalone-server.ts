/** Builds and starts what `./azimuth load-balancer` runs. Foreign targets are not asked who they are. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { StampedEvent } from '#contracts/events.ts';
import { EXIT } from '#contracts/exit-codes.ts';
import { createAdminServer } from '#kit/admin-server.ts';
import { createBalancedClient } from '#kit/balanced-client.ts';
import { measureBalancers } from '#kit/balanced-client/measure-balancers.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { ConfigError } from '#kit/config.ts';
import { createHealth } from '#kit/health.ts';
import { listen } from '#kit/lifecycle.ts';
import { createLogger } from '#kit/log.ts';
import { createMetrics } from '#kit/metrics.ts';
import { createLoadBalancer } from './app.ts';
import { readyDetail } from './ready-detail.ts';
import type { TargetArgument } from './target-argument.ts';
import { TrafficMeter } from './traffic-meter.ts';

const NAME = 'load-balancer';
const UPSTREAM = 'target';
/** What is in flight gets this long. */
const DRAIN_MS_MAX = 5000;

export interface StandaloneServerOptions {
  listen: { host: string; port: number };
  target: readonly TargetArgument[];
  zone?: string;
  healthPath: string;
  admin?: { host: string; port: number };
  ownHealthPath?: string;
  trustForwarded: boolean;
  rescue: boolean;
  /** Bytes; Infinity for no limit. */
  bodyLimit: number;
  onEvent: (line: string) => void;
}

export interface StandaloneServer {
  /** `host:port` that it really listens on. */
  traffic: string;
  admin: string | null;
  drain(): Promise<void>;
}

/** @throws CommandFailure when a port is taken */
export async function startStandalone(options: StandaloneServerOptions): Promise<StandaloneServer> {
  const version = process.env['AZIMUTH_VERSION'] ?? '0.0.0';
  const log = createLogger(NAME);
  const metrics = createMetrics(version);
  const client = createBalancedClient({
    upstream: UPSTREAM,
    ownZone: options.zone ?? null,
    targets: [...options.target],
    healthPath: options.healthPath,
    checkInstance: false,
    rescue: options.rescue,
    onEvent: (event) => options.onEvent(describe(event)),
    balancer: NAME,
  });
  measureBalancers(metrics, { [UPSTREAM]: client });
  const health = createHealth({ id: NAME, bootId: randomUUID(), version }, { firstAttempts: () => client.firstAttempts() });
  const balancer = createLoadBalancer({
    instance: NAME,
    az: options.zone ?? null,
    rules: { trustForwarded: options.trustForwarded, defaultBudgetMs: null, bodyBytesMax: options.bodyLimit },
    client,
    healthPath: options.ownHealthPath ?? null,
    health,
    meter: new TrafficMeter(metrics),
  });
  const admin = createAdminServer({
    log, metrics, health, ready: () => readyDetail({ [UPSTREAM]: client }, health), balancers: { [UPSTREAM]: client },
  });
  try {
    if (options.admin !== undefined) await listen(admin, options.admin);
    await client.ready();
    await listen(balancer, options.listen);
  } catch (error) {
    await Promise.all([admin.close(), client.close()]);
    if (error instanceof ConfigError) throw new CommandFailure(`${error.message}.`, EXIT.USAGE);
    throw error;
  }
  return {
    traffic: addressText(balancer.server.address() as AddressInfo),
    admin: options.admin === undefined ? null : addressText(admin.server.address() as AddressInfo),
    drain: async () => {
      health.drain();
      const limit = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS_MAX).unref());
      await Promise.race([balancer.close(), limit]);
      balancer.server.closeAllConnections();
      await Promise.all([admin.close(), client.close()]);
    },
  };
}

function addressText({ address, family, port }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

function describe(event: StampedEvent): string {
  const { atMs, balancer: _balancer, upstream: _upstream, seq: _seq, type, ...about } = event;
  const details = Object.entries(about).map(([name, value]) => `${name}=${typeof value === 'number' ? Math.round(value * 100) / 100 : String(value)}`);
  return `${new Date(atMs).toISOString()} ${type} ${details.join(' ')}`;
}
