/**
 * The two ways into the shop: through the front door, or (control arm) straight to the storefronts in turn,
 * knowing nothing of their health. One pool of connections per address, without a limit: an open loop must
 * never wait for a free connection of its own.
 */
import { Pool } from 'undici';
import type { Region } from '#contracts/region.ts';
import { PATIENCE_MS, type CustomerRecord } from '#contracts/records.ts';
import { ConfigError } from '#kit/config.ts';
import { endpointsOfService, targetsOf } from '#kit/region/endpoints.ts';
import type { Shops } from './generator.ts';

/** A connection that takes longer than this will not bring an answer in time. */
const CONNECT_TIMEOUT_MS = PATIENCE_MS / 2;
/** Far below the servers' 72 s, so that they never close a connection that is being written to. */
const IDLE_MS_MAX = 60_000;
const IDLE_MS_UNSTATED = 4000;

export class RegionShops implements Shops {
  readonly #pools = new Map<string, Pool>();
  #frontDoor: Pool;
  #storefronts: Pool[] = [];
  #turn = 0;

  /** @throws ConfigError when the region has no front door */
  constructor(region: Region) {
    this.#frontDoor = this.#pool(frontDoorOf(region));
    this.follow(region);
  }

  /** Goes by another description from now on; requests under way end where they are. */
  follow(region: Region): void {
    this.#frontDoor = this.#pool(frontDoorOf(region));
    this.#storefronts = targetsOf(region, endpointsOfService(region, 'storefront'), null).map(({ url }) => this.#pool(url));
    const used = new Set([this.#frontDoor, ...this.#storefronts]);
    for (const [origin, pool] of this.#pools) {
      if (used.has(pool)) continue;
      this.#pools.delete(origin);
      void pool.close();
    }
  }

  next(arm: CustomerRecord['arm']): Pool | null {
    if (arm === 'balanced') return this.#frontDoor;
    this.#turn += 1;
    return this.#storefronts[this.#turn % this.#storefronts.length] ?? null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #pool(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      // Patience bounds every request; undici's own timers would only cost.
      pool = new Pool(origin, {
        connections: null,
        pipelining: 1,
        connectTimeout: CONNECT_TIMEOUT_MS,
        keepAliveTimeout: IDLE_MS_UNSTATED,
        keepAliveMaxTimeout: IDLE_MS_MAX,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

/** @returns its origin */
function frontDoorOf(region: Region): string {
  const found = region.endpoints.find((endpoint) => endpoint.role === 'front-door');
  if (found?.address == null) throw new ConfigError(`region "${region.region}" has no front door with an address; customers come in through it`);
  return `http://${found.address.host}:${found.address.port}`;
}
