/**
 * From what a link's proxies are to what they should be, as an ordered list of calls. It guards against the
 * repair that does harm: what is right is never touched, because on a Toxiproxy an update of a toxic releases
 * what it holds and draws its share anew, and a changed address drops every open connection. Applied whole it
 * reaches the desired state, and then the next plan is empty. Broken off anywhere, the next plan goes on.
 *
 * Order within one way: disable, remove, update, add, enable. So a way never opens before its toxics are
 * there, and one that must lose its open connections (a fresh silent cut) is closed first.
 *
 * Proxies that the description does not know are left alone: they lead nowhere in this region.
 *
 * Reference: level-triggered reconciliation as in Kubernetes' controllers.
 */
import { isIP } from 'node:net';
import type { DesiredWay } from './desired-ways.ts';
import type { LinkCall, Toxic, WayState } from './way-state.ts';

export function plan(actual: ReadonlyMap<string, WayState>, desired: readonly DesiredWay[]): LinkCall[] {
  return desired.flatMap((way) => {
    const found = actual.get(way.proxy);
    return found === undefined || !leadsAsDesired(found, way) ? create(way) : change(found, way);
  });
}

function create({ proxy, listen, upstream, enabled, toxics }: DesiredWay): LinkCall[] {
  const opens = enabled && toxics.length > 0;
  return [
    { type: 'populate', proxy, listen, upstream, enabled: enabled && !opens },
    ...toxics.map((toxic): LinkCall => ({ type: 'add', proxy, toxic })),
    ...(opens ? [{ type: 'enable', proxy, listen, upstream } as const] : []),
  ];
}

function change(found: WayState, { proxy, enabled, toxics, closesOpen }: DesiredWay): LinkCall[] {
  const { listen, upstream } = found;
  const removals: LinkCall[] = [];
  const updates: LinkCall[] = [];
  const additions: LinkCall[] = [];
  for (const toxic of found.toxics) {
    const wanted = toxics.find(({ name }) => name === toxic.name);
    if (wanted === undefined || !isSameKind(toxic, wanted)) removals.push({ type: 'remove', proxy, toxic });
  }
  for (const toxic of toxics) {
    const there = found.toxics.find(({ name }) => name === toxic.name);
    if (there === undefined || !isSameKind(there, toxic)) additions.push({ type: 'add', proxy, toxic });
    else if (!hasSameValues(there, toxic)) updates.push({ type: 'update', proxy, toxic });
  }
  const closes = additions.some((call) => call.type === 'add' && closesOpen.has(call.toxic.name));
  const disables = found.enabled && (!enabled || closes);
  const enables = enabled && (!found.enabled || disables);
  return [
    ...(disables ? [{ type: 'disable', proxy, listen, upstream } as const] : []),
    ...removals,
    ...updates,
    ...additions,
    ...(enables ? [{ type: 'enable', proxy, listen, upstream } as const] : []),
  ];
}

function isSameKind(a: Toxic, b: Toxic): boolean {
  return a.type === b.type && a.stream === b.stream;
}

/** The reference keeps a toxicity in 32 bits: 0.3 comes back as what is nearest to it. */
function hasSameValues(found: Toxic, wanted: Toxic): boolean {
  const attributes = Object.entries(wanted.attributes);
  return Math.fround(found.toxicity) === Math.fround(wanted.toxicity) && attributes.every(([key, value]) => found.attributes[key] === value);
}

function leadsAsDesired(found: WayState, desired: DesiredWay): boolean {
  return found.upstream === desired.upstream && isSameListen(found.listen, desired.listen);
}

/** The server answers with the address that it resolved: of a name only the port can be compared. */
function isSameListen(found: string, desired: string): boolean {
  const [foundHost, foundPort] = split(found);
  const [host, port] = split(desired);
  if (foundPort !== port) return false;
  return foundHost === host || isIP(host) === 0 || (isEveryAddress(host) && isEveryAddress(foundHost));
}

function split(address: string): [host: string, port: string] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon).replace(/^\[|\]$/g, ''), address.slice(colon + 1)];
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '';
}
