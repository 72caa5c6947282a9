/**
 * What is not as the description has it, from inspection alone. It guards against the run that is judged on a region still
 * broken, and against the heal that says it is done because it did what it knew of: nothing here goes by what was asked
 * for, but for the faults that are to stay.
 *
 *   a component    dead, frozen, or off its networks
 *   a link         a way that is shut, or with other toxics than its base, or a link that does not say
 *   a balancer     leaves an AZ out
 *   a service      does wrong as it was told, or does not say
 *   switches       turned, or somebody who has not been told
 *
 * Reference: level-triggered reconciliation as in Kubernetes' controllers.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { isLinkVerb, isServiceVerb, SERVICE_VERBS, type Residue } from '#contracts/faults.ts';
import type { Endpoint, Link } from '#contracts/region.ts';
import type { LeasedFault } from '#policy/leases.ts';
import type { ComponentState } from './driver.ts';
import { silencedLinks } from './inverse.ts';
import { desiredWays } from './links/desired-ways.ts';
import { plan } from './links/plan.ts';
import type { LinkCall, WayState } from './links/way-state.ts';

const REASONS_SHOWN = 3;

/** What was looked at; what was not is in none of these. */
export interface Seen {
  components: readonly ComponentState[];
  /** By link: its ways, or why it does not say. */
  ways: ReadonlyMap<string, ReadonlyMap<string, WayState> | string>;
  /** By service: what it does wrong, or why it does not say. */
  plans: ReadonlyMap<string, ServiceFaultPlan | string>;
  shifts: readonly { balancer: string; zone: string; reason: string }[];
  switches: readonly Residue[];
}

/** @param held faults that account for what they broke */
export function residueOf(links: readonly Link[], endpoints: readonly Endpoint[], seen: Seen, held: readonly LeasedFault[]): Residue[] {
  return [
    ...componentResidue(endpoints, seen.components, held),
    ...wayResidue(links, seen.ways, held),
    ...shiftResidue(seen.shifts, held),
    ...serviceResidue(seen.plans, held),
    ...seen.switches,
  ];
}

export function isBroken({ state }: Pick<ComponentState, 'state'>): boolean {
  return state === 'dead' || state === 'frozen' || state === 'detached';
}

function componentResidue(endpoints: readonly Endpoint[], components: readonly ComponentState[], held: readonly LeasedFault[]): Residue[] {
  const accounted = new Set(held.flatMap((fault) => {
    if (isLinkVerb(fault.verb)) return silencedLinks(endpoints, fault);
    return fault.zone === null && !isServiceVerb(fault.verb) ? fault.members : [];
  }));
  return components.filter((one) => isBroken(one) && !accounted.has(one.name)).map(({ name, state }) => ({ name, reason: `is ${state}` }));
}

function wayResidue(links: readonly Link[], ways: Seen['ways'], held: readonly LeasedFault[]): Residue[] {
  const faults = held.flatMap(({ id, verb, target, detail }) => (isLinkVerb(verb) ? [{ id, verb, zone: target, detail }] : []));
  return links.flatMap((link) => {
    const found = ways.get(link.name);
    if (found === undefined) return [];
    if (typeof found === 'string') return [{ name: link.name, reason: found }];
    const repairs = plan(found, desiredWays(link, faults));
    const missing = new Set(repairs.filter(({ type }) => type === 'populate').map(({ proxy }) => proxy));
    const reasons = repairs.filter(({ type, proxy }) => type === 'populate' || !missing.has(proxy)).map(reasonOf);
    if (reasons.length === 0) return [];
    const more = reasons.length - REASONS_SHOWN;
    return [{ name: link.name, reason: `${reasons.slice(0, REASONS_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}` }];
  });
}

/** What a call would repair. */
function reasonOf(call: LinkCall): string {
  switch (call.type) {
    case 'populate':
      return `${call.proxy} is not there`;
    case 'enable':
      return `${call.proxy} is shut`;
    case 'disable':
      return `${call.proxy} is open`;
    case 'add':
      return `${call.proxy} lacks ${call.toxic.name}`;
    case 'update':
      return `${call.proxy} has another ${call.toxic.name}`;
    case 'remove':
      return `${call.proxy} has ${call.toxic.name}`;
  }
}

function shiftResidue(shifts: Seen['shifts'], held: readonly LeasedFault[]): Residue[] {
  return shifts.filter(({ zone }) => !held.some((fault) => fault.zone === zone)).map(({ balancer, zone, reason }) => ({ name: balancer, reason: `leaves ${zone} out (${reason})` }));
}

function serviceResidue(plans: Seen['plans'], held: readonly LeasedFault[]): Residue[] {
  return [...plans].flatMap(([name, found]) => {
    if (typeof found === 'string') return [{ name, reason: found }];
    const told = SERVICE_VERBS.filter((verb) => found[verb] != null && !held.some((fault) => fault.verb === verb && fault.members.includes(name)));
    return told.length === 0 ? [] : [{ name, reason: `does as it was told: ${told.join(', ')}` }];
  });
}
