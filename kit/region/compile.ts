/**
 * Compiles a region's description (`docker-compose.yml`) into what every program reads (`region.json`), for
 * one of its two bodies. Pure: text and variables in, a region or every problem of the text out. It guards
 * against two truths: what Docker runs, what runs without Docker and what the programs believe about each
 * other all come from here.
 */
import type { Role } from '#contracts/labels.ts';
import { REGION_NAME_PATTERN, REGION_SCHEMA } from '#contracts/region.ts';
import type { Endpoint, Link, NetworkAddress, Region } from '#contracts/region.ts';
import { readDeclaration, type ServiceDeclaration } from './compose-subset.ts';
import { checkLinks } from './link-rules.ts';
import { compileLinks, LINK_PROGRAM } from './links.ts';
import { checkMembership } from './membership-rules.ts';
import { checkNetworks, homeNetwork } from './network-rules.ts';
import { readPlacement, type Placement } from './placement.ts';
import type { Problem } from './problem.ts';
import type { Variables } from './variables.ts';
import { YamlSource } from './yaml-source.ts';

/** Embedded ports begin here when nothing else is said. */
export const PORT_BASE = 21_000;
/** Above it the kernel hands out ports to outgoing connections (Linux default 32768 to 60999), and could take ours. */
const FIXED_PORT_MAX = 32_767;

/** Set by whoever starts a program, from what only it knows. */
const STARTER_VARIABLES = ['AZIMUTH_REGION_FILE', 'AZIMUTH_INSTANCE', 'AZIMUTH_VERSION'];

/** What ends when its work is done is nobody's endpoint. */
const ENDS: readonly Role[] = ['region', 'tool'];

export interface CompileInput {
  text: string;
  /** How problems name the file. */
  file: string;
  /** `compose`: the pinned addresses of the containers. `embedded`: 127.0.0.1, ports by position in the file. */
  body: Region['body'];
  /** Values for the variables of `variables.ts`, usually the environment; others are ignored. */
  variables: Variables;
  /** First port of the embedded body, 1024 to 32767; each container counts for two, then those of the links follow. */
  portBase?: number;
}

export type CompileResult = { region: Region } | { errors: Problem[] };

/** Never throws on bad text: it returns everything that is wrong with it, in the order of the file. */
export function compileRegion(input: CompileInput): CompileResult {
  const source = new YamlSource(input.text, input.file, input.variables);
  if (source.isBroken) return { errors: source.problems() };
  const declaration = readDeclaration(source);
  const { name } = declaration;
  if (name !== null && !new RegExp(REGION_NAME_PATTERN).test(name.text)) {
    source.report(name.at, `"${name.text}" is no region name: a lower-case letter, then up to 30 of a-z, 0-9 and "-"`);
  }
  const placements = new Map<string, Placement>();
  for (const service of declaration.services) {
    const placement = readPlacement(source, service);
    if (placement !== null) placements.set(service.name, placement);
  }
  checkNetworks(source, declaration, placements, input.body);
  // With one missing, half of these complaints would only follow from that.
  if (placements.size === declaration.services.length) {
    checkMembership(source, declaration, placements);
    checkLinks(source, declaration, placements);
  }

  const endpoints: Endpoint[] = [];
  const portBase = input.portBase ?? PORT_BASE;
  for (const [index, service] of declaration.services.entries()) {
    const placement = placements.get(service.name);
    if (placement === undefined || ENDS.includes(placement.role)) continue;
    const addresses =
      input.body === 'compose' ? containerAddresses(service, placement) : localAddresses(service, placement, portBase + 2 * index);
    const program = input.body === 'embedded' && placement.role === 'link' ? LINK_PROGRAM : placement.program;
    const networks = input.body === 'compose' ? networksOf(service) : [];
    endpoints.push(toEndpoint(service, { ...placement, program }, { ...addresses, networks }));
  }
  const firstPort = portBase + 2 * declaration.services.length;
  const links = compileLinks({ body: input.body, services: declaration.services, placements, endpoints, firstPort });
  if (input.body === 'embedded') checkLocalPorts(source, declaration.services, endpoints, links);
  const errors = source.problems();
  if (errors.length > 0) return { errors };
  return { region: { schema: REGION_SCHEMA, region: name?.text ?? '', body: input.body, endpoints, links } };
}

type Addresses = Pick<Endpoint, 'address' | 'admin'>;

function containerAddresses(service: ServiceDeclaration, placement: Placement): Addresses {
  const home = homeNetwork(placement);
  const host = service.networks.find((join) => join.network === home)?.address?.text ?? '';
  const at = (port: number | null): NetworkAddress | null => (port === null ? null : { host, port });
  return { address: at(placement.port), admin: at(placement.adminPort) };
}

function networksOf({ networks }: ServiceDeclaration): Endpoint['networks'] {
  const joins = networks.map(({ network, address, aliases }) => ({ name: network, address: address?.text ?? '', aliases: aliases.map(({ text }) => text) }));
  return joins.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What has no program has no process here, hence no address. */
function localAddresses({ ports }: ServiceDeclaration, { program, port, adminPort }: Placement, base: number): Addresses {
  const at = (local: number): NetworkAddress => ({ host: '127.0.0.1', port: local });
  if (program === null) return { address: null, admin: null };
  return {
    address: port === null ? null : at(ports[0]?.published ?? base),
    admin: adminPort === null ? null : at(base + 1),
  };
}

function toEndpoint(service: ServiceDeclaration, placement: Placement, place: Addresses & Pick<Endpoint, 'networks'>): Endpoint {
  const given = [...service.environment].filter(([key]) => !STARTER_VARIABLES.includes(key)).map(([key, { text }]) => [key, text] as const);
  const environment = Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)));
  const { role, az, dc, service: called, scope, program } = placement;
  const { address, admin, networks } = place;
  return { name: service.name, role, az, dc, service: called, scope, address, admin, program, networks, environment };
}

function checkLocalPorts(source: YamlSource, services: ServiceDeclaration[], endpoints: Endpoint[], links: Link[]): void {
  const holders = new Map<number, string>();
  const declared = new Map(services.map((service) => [service.name, service]));
  const uses = [
    ...endpoints.map(({ name, address, admin }) => ({ name, places: [address, admin] })),
    ...links.map(({ name, api, proxies }) => ({ name, places: [api, ...proxies.map(({ listen }) => listen)] })),
  ];
  for (const { name, places } of uses) {
    const service = declared.get(name);
    const at = service?.ports[0]?.at ?? service?.at ?? null;
    for (const port of places.flatMap((place) => place?.port ?? [])) {
      const holder = holders.get(port);
      if (holder === undefined) holders.set(port, name);
      else source.report(at, `${name}: port ${port} of this machine is taken by ${holder}: choose another published port or port base`);
      const isChosen = service?.ports.some(({ published }) => published === port) === true;
      if (port > FIXED_PORT_MAX && !isChosen) {
        source.report(at, `${name}: port ${port} is above ${FIXED_PORT_MAX}: choose a lower port base`);
      }
    }
  }
}
