/**
 * Which connections pass the links by. One that does makes every partition test pass without having cut
 * anything, and nothing else would show it: the customers of such a region are served best of all.
 *
 *   a link                    may connect to what its own proxies lead to
 *   another member of an AZ   to members of its AZ, and to the proxies of its AZ's link that lead out
 *   what stands outside       to what stands outside, and to the proxies that lead in
 *
 * Whatever else connects two places of the region is a bypass, the API of a link included: who reaches that can
 * lift its own partition. Processes that are not in the description (the injector, a person's curl) do not count.
 */
import type { Endpoint, Link, LinkProxy, NetworkAddress, Region } from '#contracts/region.ts';

/** Opened by a program of the region. */
export interface Connection {
  /** Endpoint name of the program. */
  caller: string;
  to: NetworkAddress;
}

export interface Reached {
  /** Endpoint name. */
  caller: string;
  /** An endpoint's name; `<link>/<proxy>`; `<link>/` for the API of a link. */
  reached: string;
}

export interface Ways {
  bypasses: Reached[];
  /** Connections into a link, by the way that they should take. */
  crossings: Reached[];
}

type Place = { endpoint: Endpoint } | { link: Link; proxy: LinkProxy | null };

/** A connection to an address that is not the region's is left out, as is one whose caller is not. */
export function judgeConnections(region: Region, connections: readonly Connection[]): Ways {
  const places = placesOf(region);
  const callers = new Map(region.endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const ways: Ways = { bypasses: [], crossings: [] };
  for (const { caller: name, to } of connections) {
    const caller = callers.get(name);
    const place = places.get(keyOf(to));
    if (caller === undefined || place === undefined) continue;
    if (!mayConnect(region, caller, place, to)) ways.bypasses.push({ caller: name, reached: nameOf(place) });
    else if ('link' in place) ways.crossings.push({ caller: name, reached: nameOf(place) });
  }
  return ways;
}

function mayConnect({ links }: Region, caller: Endpoint, place: Place, to: NetworkAddress): boolean {
  if (caller.role === 'link') {
    const own = links.find(({ name }) => name === caller.name);
    return own?.proxies.some(({ upstream }) => keyOf(upstream) === keyOf(to)) === true;
  }
  if ('endpoint' in place) return place.endpoint.az === caller.az;
  return place.proxy !== null && place.proxy.from === caller.az;
}

function placesOf({ endpoints, links }: Region): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const endpoint of endpoints) {
    for (const at of [endpoint.address, endpoint.admin]) if (at !== null) places.set(keyOf(at), { endpoint });
  }
  for (const link of links) {
    places.set(keyOf(link.api), { link, proxy: null });
    for (const proxy of link.proxies) places.set(keyOf(proxy.listen), { link, proxy });
  }
  return places;
}

function nameOf(place: Place): string {
  return 'endpoint' in place ? place.endpoint.name : `${place.link.name}/${place.proxy?.name ?? ''}`;
}

function keyOf({ host, port }: NetworkAddress): string {
  return `${host}:${port}`;
}
