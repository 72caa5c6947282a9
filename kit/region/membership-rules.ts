/**
 * What must hold between the containers of a region: one front door, one way into each AZ, and names by which
 * services find each other. It guards against the name that resolves to something else than the balancer:
 * callers would then talk to one replica, and its death would be their failure.
 */
import type { Node } from 'yaml';
import { LABEL, type Role } from '#contracts/labels.ts';
import type { RegionDeclaration, ServiceDeclaration } from './compose-subset.ts';
import type { Placement } from './placement.ts';
import type { YamlSource } from './yaml-source.ts';

const ONE_PER_REGION: readonly Role[] = ['front-door', 'customers', 'injector', 'controller', 'region'];
const ONE_PER_AZ: readonly Role[] = ['load-balancer', 'link'];
/** `http://kitchen` means this port. */
const HTTP_PORT = 80;

/** Every container must have its placement: with one missing, half of these complaints would only follow from that. */
export function checkMembership(source: YamlSource, region: RegionDeclaration, placements: ReadonlyMap<string, Placement>): void {
  const holders = new Map<string, string>();
  const scopes = new Map<string, { scope: string; holder: string }>();
  for (const { name, at, labels } of region.services) {
    const placement = placements.get(name);
    if (placement === undefined) continue;
    const { role, az, service, scope } = placement;
    const slot = ONE_PER_REGION.includes(role) ? `role ${role}` : ONE_PER_AZ.includes(role) ? `role ${role} of ${az ?? ''}` : null;
    const holder = slot === null ? undefined : holders.get(slot);
    if (holder !== undefined) source.report(at, `${name}: ${slot ?? ''} is already held by ${holder}; there can be one`);
    else if (slot !== null) holders.set(slot, name);
    if (service === null) continue;
    const first = scopes.get(service);
    if (first === undefined) scopes.set(service, { scope, holder: name });
    else if (first.scope !== scope) {
      source.report(labels.get(LABEL.scope)?.at ?? at, `${name}: service ${service} is ${first.scope} at ${first.holder} and ${scope} here`);
    }
    if (!hasBalancer(region, placements, az)) {
      source.report(at, `${name}: ${az ?? 'its AZ'} has no load balancer; add a container with azimuth.role: load-balancer there`);
    }
  }
  const names = new Set(region.services.map((service) => service.name));
  for (const { name, at } of region.services) {
    if (scopes.has(name)) source.report(at, `${name}: no container may be called like the service ${name}: that name means the AZ's load balancer`);
  }
  for (const service of region.services) {
    const placement = placements.get(service.name);
    if (placement === undefined) continue;
    checkAliases(source, service, placement, [...scopes.keys()], names);
    if (placement.role === 'region') checkHandOver(source, service);
  }
}

function checkAliases(
  source: YamlSource,
  { name, labels, networks }: ServiceDeclaration,
  { role, az, port }: Placement,
  services: string[],
  names: ReadonlySet<string>,
): void {
  for (const { network, at, aliases } of networks) {
    const isDoor = role === 'load-balancer' && network === az;
    const given = new Map<string, Node>(aliases.map((alias) => [alias.text, alias.at]));
    for (const [alias, where] of given) {
      if (!isDoor) source.report(where, `${name}: alias ${alias}: only a load balancer has aliases, on its AZ's network`);
      else if (names.has(alias)) source.report(where, `${name}: alias ${alias} is the name of a container`);
      else if (!services.includes(alias)) source.report(where, `${name}: alias ${alias} is no azimuth.service; there are ${services.join(', ')}`);
    }
    if (!isDoor) continue;
    for (const service of services) {
      if (!given.has(service)) source.report(at, `${name}: needs the alias ${service}, so that http://${service} is this balancer inside ${network}`);
    }
    if (services.length > 0 && port !== HTTP_PORT) source.report(labels.get(LABEL.port)?.at ?? at, `${name}: azimuth.port must be ${HTTP_PORT}: http://${services[0] ?? ''} names no other`);
  }
}

/** Docker substitutes from its own environment, the compiler in the container only from what it was handed. */
function checkHandOver(source: YamlSource, { name, at, environment }: ServiceDeclaration): void {
  for (const [variable, { fallback }] of source.variables) {
    if (!environment.has(variable)) {
      source.report(at, `${name}: its environment needs ${variable}: \${${variable}:-${fallback}}, else region.json has the default where Docker has the value`);
    }
  }
}

function hasBalancer(region: RegionDeclaration, placements: ReadonlyMap<string, Placement>, az: string | null): boolean {
  return region.services.some(({ name }) => {
    const placement = placements.get(name);
    return placement?.role === 'load-balancer' && placement.az === az;
  });
}
