/** Looks at the region for `residue.ts`: at the components, at what links say of their ways, balancers of their shifts and services of what they do wrong. */
import type { ComponentState } from './driver.ts';
import type { Parts } from './parts.ts';
import type { Seen } from './residue.ts';

/** What is looked at. */
export interface InspectionScope {
  names: (component: string) => boolean;
  /** Other names among them are passed over. */
  links: readonly string[];
  zones: readonly string[];
  services: readonly string[];
  switches: boolean;
}

/** Who is dead or frozen is not asked: that is what is wrong with it. Never rejects. */
export async function inspect({ driver, links, services, switches, askBalancers }: Parts, { names, links: linkNames, zones, services: serviceNames, switches: looksAtSwitches }: InspectionScope): Promise<Seen> {
  const components = driver.components();
  const runs = (name: string): boolean => components.some((one: ComponentState) => one.name === name && one.state === 'running');
  const [ways, balancers, plans] = await Promise.all([
    links.inspect(links.names().filter((name) => linkNames.includes(name) && runs(name))),
    zones.length === 0 ? [] : askBalancers(runs),
    services.inspect(serviceNames.filter(runs)),
  ]);
  return {
    components: components.filter(({ name }) => names(name)),
    ways,
    plans,
    shifts: balancers.flatMap(({ balancer, upstreams }) => shiftsOf(balancer, upstreams ?? []).filter(({ zone }) => zones.includes(zone))),
    switches: looksAtSwitches ? [...turned(switches), ...switches.unreached().filter(({ name }) => runs(name))] : [],
  };
}

type Upstreams = NonNullable<Awaited<ReturnType<Parts['askBalancers']>>[number]['upstreams']>;

/** A balancer leaves an AZ out of all its upstreams at once. */
function shiftsOf(balancer: string, upstreams: Upstreams): { balancer: string; zone: string; reason: string }[] {
  const byZone = new Map(upstreams.flatMap(({ shiftedZones }) => shiftedZones.map(({ zone, reason }) => [zone, { balancer, zone, reason }])));
  return [...byZone.values()];
}

function turned(switches: Parts['switches']): Seen['switches'] {
  if (!switches.turned) return [];
  const { rescue, ovens } = switches.settings();
  return [{ name: 'switches', reason: `rescue is ${rescue ? 'on' : 'off'}${ovens === null ? '' : `, ${ovens} ovens per kitchen`}` }];
}
