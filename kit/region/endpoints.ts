/**
 * Who is who in a region, and by which way a caller reaches whom, for programs that look for their upstreams.
 * An endpoint of the caller's own AZ, or outside every AZ, is called directly; one of another AZ by the proxy of
 * the caller's own link; from outside every AZ by the proxy that leads in. It guards against the call that passes
 * the links by: what cuts a link would not cut it.
 */
import type { Endpoint, NetworkAddress, Region } from '#contracts/region.ts';

/** An endpoint that takes traffic. */
export type Callable = Endpoint & { address: NetworkAddress };

/** A target as the balanced client takes it. */
export interface RegionTarget {
  id: string;
  zone: string | null;
  url: string;
}

/** Only endpoints that take traffic are given, here and below. The load balancer of every AZ, in the order of the description. */
export function loadBalancers(region: Region): Callable[] {
  return region.endpoints.filter(isCallable).filter((endpoint) => endpoint.role === 'load-balancer');
}

/** Replicas of the service that others call by this name, in every AZ; empty if there is none. */
export function endpointsOfService(region: Region, service: string): Callable[] {
  return region.endpoints.filter(isCallable).filter((endpoint) => endpoint.role === 'service' && endpoint.service === service);
}

/** Names by which services are called, in the order of the description. */
export function serviceNames(region: Region): string[] {
  return [...new Set(region.endpoints.flatMap((endpoint) => endpoint.service ?? []))];
}

/** @param caller AZ of the caller; null outside every AZ. What it has no way to is left out. */
export function targetsOf(region: Region, endpoints: readonly Callable[], caller: string | null): RegionTarget[] {
  return endpoints.flatMap((endpoint) => {
    const at = wayTo(region, endpoint, caller);
    return at === null ? [] : { id: endpoint.name, zone: endpoint.az, url: `http://${at.host}:${at.port}` };
  });
}

/** Where a caller connects to reach the endpoint; null if no link leads there from its AZ. */
function wayTo({ links }: Region, { name, az, address }: Callable, caller: string | null): NetworkAddress | null {
  if (links.length === 0 || az === null || az === caller) return address;
  const link = links.find((one) => one.az === (caller ?? az));
  return link?.proxies.find((proxy) => proxy.name === name && proxy.from === caller)?.listen ?? null;
}

function isCallable(endpoint: Endpoint): endpoint is Callable {
  return endpoint.address !== null;
}
