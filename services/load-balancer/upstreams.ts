/**
 * What a balancer of the region balances: the front door the load balancers of all AZs, an AZ's balancer
 * every service by its name. Only the front door times a try out (at 690 ms of the customer's second: what
 * is left holds another bake); inner hops act on probes, so that a slow bake is not baked twice.
 */
import type { StampedEvent } from '#contracts/events.ts';
import type { Region } from '#contracts/region.ts';
import { createBalancedClient, type BalancedClient } from '#kit/balanced-client.ts';
import { ConfigError } from '#kit/config.ts';
import type { Instance } from '#kit/instance.ts';
import { endpointsOfService, loadBalancers, serviceNames, targetsOf, type RegionTarget } from '#kit/region/endpoints.ts';

const TRY_TIMEOUT_MS = 690;
const FRONT_DOOR_UPSTREAM = 'load-balancer';

export interface Upstreams {
  /** Takes what no service name claims. */
  client: BalancedClient;
  /** Every client by the name of its upstream. */
  all: Readonly<Record<string, BalancedClient>>;
  byService: ReadonlyMap<string, BalancedClient>;
  /** Membership changed. Services that are new to the region need a restart. */
  follow(region: Region): void;
}

/** @throws ConfigError when the region lacks what has to be balanced */
export function createUpstreams(instance: Instance, defaultService: string, rescue: boolean, onEvent: (event: StampedEvent) => void): Upstreams {
  const { endpoint, region } = instance;
  const isFrontDoor = endpoint.role === 'front-door';
  const names = isFrontDoor ? [FRONT_DOOR_UPSTREAM] : serviceNames(region);
  const all: Record<string, BalancedClient> = {};
  for (const upstream of names) {
    all[upstream] = createBalancedClient({
      upstream,
      ownZone: endpoint.az,
      targets: targetsIn(region, upstream, endpoint.az),
      healthPath: '/healthz',
      checkInstance: true,
      ...(isFrontDoor && { parameters: { tryTimeoutMs: TRY_TIMEOUT_MS } }),
      rescue,
      onEvent,
      balancer: instance.id,
    });
  }
  const client = all[isFrontDoor ? FRONT_DOOR_UPSTREAM : defaultService];
  if (client === undefined) {
    throw new ConfigError(`LOAD_BALANCER_DEFAULT_SERVICE=${JSON.stringify(defaultService)} is no service of the region; it has: ${names.join(', ')}`);
  }
  return {
    client,
    all,
    byService: isFrontDoor ? new Map() : new Map(Object.entries(all)),
    follow: (changed) => {
      for (const [upstream, balanced] of Object.entries(all)) balanced.setTargets(targetsIn(changed, upstream, endpoint.az));
    },
  };
}

function targetsIn(region: Region, upstream: string, ownAz: string | null): RegionTarget[] {
  return targetsOf(region, upstream === FRONT_DOOR_UPSTREAM ? loadBalancers(region) : endpointsOfService(region, upstream), ownAz);
}
