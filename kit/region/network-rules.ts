/**
 * Who stands on which network, under which address. It guards against the bypass: if a member of an AZ other
 * than its link stood on a second network, traffic could leave the AZ beside the link, and every experiment
 * that cuts the link would pass without having cut anything.
 */
import { AVAILABILITY_ZONES, LABEL } from '#contracts/labels.ts';
import type { Role } from '#contracts/labels.ts';
import type { Region } from '#contracts/region.ts';
import type { NetworkDeclaration, NetworkJoin, RegionDeclaration, ServiceDeclaration } from './compose-subset.ts';
import type { Placement } from './placement.ts';
import type { YamlSource } from './yaml-source.ts';

/** Where customers, front door and links meet. */
export const FRONT_NETWORK = 'front';
/** Where those meet who break and watch the region. */
const OBSERVERS_NETWORK = 'observers';

/** Network under whose address the others find a container that stands outside every AZ. */
const HOME: Partial<Record<Role, string>> = { 'front-door': FRONT_NETWORK, customers: FRONT_NETWORK, injector: OBSERVERS_NETWORK, controller: OBSERVERS_NETWORK, observer: OBSERVERS_NETWORK, tool: OBSERVERS_NETWORK };
/** They stand on several networks because they look into every AZ; nothing reaches an AZ through them. */
const LOOK_INTO_ZONES: readonly Role[] = ['injector', 'observer'];

/** Network under whose address a container is found: its AZ's, else its role's. Null for the one-shot `region`. */
export function homeNetwork(placement: Placement): string | null {
  return placement.az ?? HOME[placement.role] ?? null;
}

/**
 * Reports what is wrong with networks, addresses and published ports. `placements` lacks what could not be placed.
 * @param body containers only clash over ports of this machine where they are run
 */
export function checkNetworks(source: YamlSource, region: RegionDeclaration, placements: ReadonlyMap<string, Placement>, body: Region['body']): void {
  const networks = new Map(region.networks.map((network) => [network.name, network]));
  const pools = checkPools(source, region.networks);
  const holders = new Map<string, { name: string; line: number }>();
  for (const service of region.services) {
    const isTool = service.labels.get(LABEL.role)?.text === 'tool';
    for (const join of service.networks) {
      const what = `${service.name} on network ${join.network}`;
      if (!networks.has(join.network)) {
        source.report(join.at, `${what}: there is no such network; there are ${[...networks.keys()].join(', ')}`);
      }
      if (isTool) {
        if (join.address !== null) source.report(join.address.at, `${what}: a tool has no address of its own: two of them may run at once`);
        continue;
      }
      if (join.address === null) {
        source.report(join.at, `${what} needs "ipv4_address": after a fault it must come back under the address that the others know`);
        continue;
      }
      const { text, at } = join.address;
      const pool = pools.get(join.network);
      if (pool !== undefined) checkAddress(source, join, pool, what);
      const holder = holders.get(text);
      if (holder === undefined) holders.set(text, { name: service.name, line: source.line(at) });
      else source.report(at, `${what}: address ${text} is taken by ${holder.name} on line ${holder.line}`);
    }
    const placement = placements.get(service.name);
    if (placement !== undefined) checkPlace(source, service, placement, networks);
  }
  checkPublished(source, region.services, placements, networks);
  if (body === 'compose') checkPublishedOnce(source, region.services);
}

function checkPlace(
  source: YamlSource,
  { name, at, networks: joins }: ServiceDeclaration,
  placement: Placement,
  networks: ReadonlyMap<string, NetworkDeclaration>,
): void {
  const home = homeNetwork(placement);
  if (home === null) {
    for (const join of joins) source.report(join.at, `${name}: role ${placement.role} stands on no network: write "network_mode: none" instead`);
    return;
  }
  if (!joins.some((join) => join.network === home)) {
    source.report(at, `${name}: role ${placement.role} must stand on network ${home}, where the others find it`);
  }
  for (const join of joins) {
    if (placement.role === 'link' && networks.get(join.network)?.internal === false) {
      source.report(join.at, `${name}: a link may stand on internal networks only: another one gives it a route around the AZ that it was cut from`);
    } else if (placement.az !== null && placement.role !== 'link' && join.network !== home) {
      source.report(join.at, `${name}: a member of ${home} may stand on network ${home} only: on ${join.network} it would pass its link by`);
    } else if (placement.role === 'tool' && join.network !== home) {
      source.report(join.at, `${name}: role tool may stand on network ${home} only: it asks the controller for everything`);
    } else if (placement.az === null && !LOOK_INTO_ZONES.includes(placement.role) && isZone(join.network)) {
      source.report(join.at, `${name}: role ${placement.role} stands outside every AZ and may not be on network ${join.network}`);
    }
  }
}

function checkPublished(
  source: YamlSource,
  services: ServiceDeclaration[],
  placements: ReadonlyMap<string, Placement>,
  networks: ReadonlyMap<string, NetworkDeclaration>,
): void {
  for (const { name, ports, networks: joins } of services) {
    const placement = placements.get(name);
    for (const [index, { at, container }] of ports.entries()) {
      if (index > 0) source.report(at, `${name}: one port can be published, that of its traffic`);
      if (joins.every((join) => networks.get(join.network)?.internal === true)) {
        source.report(at, `${name}: Docker publishes no port of a container that stands on internal networks only`);
      }
      if (placement === undefined) continue;
      if (placement.az !== null) source.report(at, `${name}: a member of an AZ publishes no port: customers come in by the front door`);
      else if (container !== placement.port) {
        source.report(at, `${name}: container port ${container} is not its azimuth.port (${placement.port ?? 'none'})`);
      }
    }
  }
}

function checkPublishedOnce(source: YamlSource, services: ServiceDeclaration[]): void {
  const holders = new Map<number, string>();
  for (const { name, ports } of services) {
    for (const { at, published } of ports) {
      const holder = holders.get(published);
      if (holder === undefined) holders.set(published, name);
      else source.report(at, `${name}: port ${published} of this machine is taken by ${holder}`);
    }
  }
}

interface Pool {
  text: string;
  first: number;
  last: number;
}

function checkPools(source: YamlSource, networks: NetworkDeclaration[]): Map<string, Pool> {
  const pools = new Map<string, Pool>();
  for (const { name, at, internal, subnet } of networks) {
    if (isZone(name) && !internal) source.report(at, `network ${name} needs "internal: true": an AZ has no way out but its link`);
    if (subnet === null) {
      source.report(at, `network ${name} needs a subnet: ipam: { config: [{ subnet: … }] }`);
      continue;
    }
    const pool = parsePool(subnet.text);
    if (pool === null) {
      source.report(subnet.at, `subnet "${subnet.text}" of network ${name} must be an IPv4 network such as 10.83.1.0/24 (/8 to /29)`);
      continue;
    }
    for (const [other, taken] of pools) {
      if (pool.first <= taken.last && taken.first <= pool.last) {
        source.report(subnet.at, `subnet ${subnet.text} of network ${name} overlaps with that of network ${other}`);
      }
    }
    pools.set(name, pool);
  }
  return pools;
}

function checkAddress(source: YamlSource, join: NetworkJoin, pool: Pool, what: string): void {
  if (join.address === null) return;
  const { text, at } = join.address;
  const address = parseAddress(text);
  if (address === null || address < pool.first || address > pool.last) {
    source.report(at, `${what}: address "${text}" is not in the network's subnet ${pool.text}`);
  } else if (address - pool.first < 2 || address === pool.last) {
    source.report(at, `${what}: address ${text} is the network's own, its gateway's or its broadcast address`);
  }
}

function isZone(network: string): boolean {
  return (AVAILABILITY_ZONES as readonly string[]).includes(network);
}

function parseAddress(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function parsePool(text: string): Pool | null {
  const [base = '', bits = '', ...others] = text.split('/');
  const first = parseAddress(base);
  if (first === null || others.length > 0 || !/^([89]|1\d|2\d)$/.test(bits)) return null;
  const size = 2 ** (32 - Number(bits));
  return first % size === 0 ? { text, first, last: first + size - 1 } : null;
}
