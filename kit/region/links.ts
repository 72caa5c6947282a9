/**
 * The links of a region: which ways lead over each AZ's link, and on which address each way begins. It guards
 * against two opinions of one way: the link listens, its callers connect and the injector breaks by this list.
 *
 *   outbound  for each service replica of the other AZs; members of the link's AZ connect
 *   inbound   for the AZ's load balancer (front door) and the replicas of its default service (the customers'
 *             control arm); what stands outside connects
 *
 * Containers: outbound ways listen on the link's address in its own AZ's network, inbound ones and the API on its
 * address on `front`, so that no AZ passes through another's link. An endpoint has the same port on every link,
 * 10001 for the first in the file. Processes: 127.0.0.1, a port for each way, link by link.
 */
import type { AvailabilityZone } from '#contracts/labels.ts';
import { DEFAULT_SERVICE, type Endpoint, type Link, type LinkProxy, type NetworkAddress, type Region } from '#contracts/region.ts';
import type { ServiceDeclaration } from './compose-subset.ts';
import { apiPortOf } from './link-command.ts';
import { FRONT_NETWORK } from './network-rules.ts';
import type { Placement } from './placement.ts';

/** What plays a link where no container does. */
export const LINK_PROGRAM = 'services/link/main.ts';
export const PROXY_PORT_BASE = 10_001;
/** Toxiproxy takes whole milliseconds: an inter-AZ round trip is one. */
const BETWEEN_ZONES_MS = 1;

export interface LinksInput {
  body: Region['body'];
  services: readonly ServiceDeclaration[];
  placements: ReadonlyMap<string, Placement>;
  endpoints: readonly Endpoint[];
  /** First of the embedded body's ports for links. */
  firstPort: number;
}

type Target = Endpoint & { az: AvailabilityZone; address: NetworkAddress };
type Way = Omit<LinkProxy, 'listen'>;

interface Places {
  api: NetworkAddress;
  listen(way: Way): NetworkAddress;
}

/** In the order of the file; what the rules refuse has no meaning here. */
export function compileLinks({ body, services, placements, endpoints, firstPort }: LinksInput): Link[] {
  const targets = endpoints.filter(isTarget);
  const links: Link[] = [];
  let port = firstPort;
  for (const service of services) {
    const placement = placements.get(service.name);
    if (placement?.role !== 'link' || placement.az === null) continue;
    const { az } = placement;
    const places = body === 'compose' ? containerPlaces(service, az, targets) : localPlaces(() => port++);
    const proxies = waysOver(az, targets).map((way) => {
      const { name, from, to, upstream, baseLatencyMs } = way;
      return { name, from, to, listen: places.listen(way), upstream, baseLatencyMs };
    });
    links.push({ name: service.name, az, api: places.api, proxies });
  }
  return links;
}

/** Whatever a link leads to, in the order of the file: a balancer or a replica in an AZ. */
export function isLinkTarget({ role, az, port }: Pick<Placement, 'role' | 'az' | 'port'>): boolean {
  return (role === 'load-balancer' || role === 'service') && az !== null && port !== null;
}

function isTarget(endpoint: Endpoint): endpoint is Target {
  return isLinkTarget({ ...endpoint, port: endpoint.address?.port ?? null });
}

function waysOver(az: AvailabilityZone, targets: readonly Target[]): Way[] {
  const balancer = targets.find((target) => target.role === 'load-balancer' && target.az === az);
  const entered = balancer?.environment['LOAD_BALANCER_DEFAULT_SERVICE'] || DEFAULT_SERVICE;
  return targets.flatMap(({ name, role, az: to, service, address: upstream }): Way[] => {
    if (to !== az) return role === 'service' ? [{ name, from: az, to, upstream, baseLatencyMs: BETWEEN_ZONES_MS }] : [];
    return role === 'load-balancer' || service === entered ? [{ name, from: null, to, upstream, baseLatencyMs: 0 }] : [];
  });
}

function containerPlaces({ networks, command }: ServiceDeclaration, az: AvailabilityZone, targets: readonly Target[]): Places {
  const on = (network: string): string => networks.find((join) => join.network === network)?.address?.text ?? '';
  return {
    api: { host: on(FRONT_NETWORK), port: apiPortOf(command) },
    listen: ({ name, from }) => ({
      host: on(from === null ? FRONT_NETWORK : az),
      port: PROXY_PORT_BASE + targets.findIndex((target) => target.name === name),
    }),
  };
}

function localPlaces(nextPort: () => number): Places {
  const next = (): NetworkAddress => ({ host: '127.0.0.1', port: nextPort() });
  return { api: next(), listen: next };
}
