/**
 * What must hold for the links of a region, of which there is one in every AZ or none at all. It guards against
 * the way that ends nowhere (a link that is not on the network it leads to) and against a link that obeys
 * those who stand behind it: a member of an AZ that reaches the API of a link can lift its own partition.
 */
import type { RegionDeclaration, ServiceDeclaration } from './compose-subset.ts';
import { apiPortOf, flagOf } from './link-command.ts';
import { isLinkTarget, PROXY_PORT_BASE } from './links.ts';
import { FRONT_NETWORK } from './network-rules.ts';
import type { Placement } from './placement.ts';
import type { YamlSource } from './yaml-source.ts';

/** Every container must have its placement. */
export function checkLinks(source: YamlSource, region: RegionDeclaration, placements: ReadonlyMap<string, Placement>): void {
  const links = region.services.filter(({ name }) => placements.get(name)?.role === 'link');
  if (links.length === 0) return;
  const linked = new Set<string | null>(links.map(({ name }) => placements.get(name)?.az ?? null));
  const targets: Placed[] = [];
  for (const { name, at } of region.services) {
    const placement = placements.get(name);
    if (placement === undefined || placement.az === null) continue;
    if (isLinkTarget(placement)) targets.push({ name, placement });
    if (linked.has(placement.az)) continue;
    source.report(at, `${name}: ${placement.az} has no link, and other AZs have one: add a container with azimuth.role: link there`);
    linked.add(placement.az);
  }
  for (const link of links) {
    checkNetworks(source, link, placements.get(link.name)?.az ?? '', targets);
    checkCommand(source, link, targets.length);
  }
}

interface Placed {
  name: string;
  placement: Placement;
}

function checkNetworks(source: YamlSource, { name, at, networks }: ServiceDeclaration, az: string, targets: readonly Placed[]): void {
  const missing = new Map<string, string>();
  const need = (network: string, why: string): void => {
    if (!networks.some((join) => join.network === network) && !missing.has(network)) missing.set(network, why);
  };
  need(FRONT_NETWORK, `where its API is and what comes from outside enters ${az}`);
  for (const target of targets) {
    const to = target.placement.az ?? '';
    if (to !== az && target.placement.role === 'service') need(to, `where its proxy to ${target.name} leads`);
  }
  for (const [network, why] of missing) source.report(at, `${name}: a link of ${az} must stand on network ${network}, ${why}`);
}

function checkCommand(source: YamlSource, { name, at, command, networks }: ServiceDeclaration, targets: number): void {
  const front = networks.find((join) => join.network === FRONT_NETWORK)?.address?.text;
  const host = flagOf(command, 'host');
  if (front !== undefined && host?.text !== front) {
    source.report(host?.at ?? command[0]?.at ?? at, `${name}: its command needs "-host", "${front}", its address on ${FRONT_NETWORK}: elsewhere the members of an AZ reach its API`);
  }
  const port = flagOf(command, 'port');
  const number = apiPortOf(command);
  if (port !== null && !(/^[1-9]\d{0,4}$/.test(port.text) && number <= 65535)) {
    source.report(port.at, `${name}: -port is "${port.text}"; allowed: a port from 1 to 65535`);
  } else if (number >= PROXY_PORT_BASE && number < PROXY_PORT_BASE + targets) {
    source.report(port?.at ?? at, `${name}: -port ${number} is that of a proxy; ports ${PROXY_PORT_BASE} to ${PROXY_PORT_BASE + targets - 1} are taken`);
  }
}
