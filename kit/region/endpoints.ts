/**
 * Who is who in a region, for programs that look for their upstreams. Only endpoints that take traffic are
 * given: what has no address in this body cannot be called.
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

/** The load balancer of every AZ, in the order of the description. */
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

export function targetsOf(endpoints: readonly Callable[]): RegionTarget[] {
  return endpoints.map(({ name, az, address }) => ({ id: name, zone: az, url: `http://${address.host}:${address.port}` }));
}

function isCallable(endpoint: Endpoint): endpoint is Callable {
  return endpoint.address !== null;
}
