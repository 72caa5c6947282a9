/**
 * Which ways a fault on links acts on. A way is one proxy of one link: what members of an AZ, or what stands
 * outside, use to reach one endpoint of another AZ. It guards against the partition that leaves a door open:
 * whoever isolates an AZ means the ways that lead into it as well, and those lie on the links of the others.
 *
 * `slow`, `isolate`, `flaky`: every way that begins or ends in the AZ, the front door's included.
 * `cut`: the ways between two AZs, in both directions unless it is one-way. A connection az1 → az2 lies on
 * az1's link alone, so a partition needs both links and a one-way partition one.
 */
import type { FaultDetail, LinkVerb } from '#contracts/faults.ts';
import type { Link, LinkProxy } from '#contracts/region.ts';

export interface LinkFault {
  id: string;
  verb: LinkVerb;
  /** AZ that it is about. */
  zone: string;
  /** Complete for its verb, see `fault-detail.ts`. */
  detail: FaultDetail;
}

export function touches({ verb, zone, detail }: Omit<LinkFault, 'id'>, { from, to }: Pick<LinkProxy, 'from' | 'to'>): boolean {
  if (verb !== 'cut') return from === zone || to === zone;
  if (from === zone && to === detail.peer) return true;
  return detail.oneWay !== true && from === detail.peer && to === zone;
}

/** Names of the ways, `<link>/<proxy>`, in the description's order. */
export function touchedWays(links: readonly Link[], fault: Omit<LinkFault, 'id'>): string[] {
  return links.flatMap((link) => link.proxies.filter((proxy) => touches(fault, proxy)).map((proxy) => wayName(link.name, proxy.name)));
}

export function wayName(link: string, proxy: string): string {
  return `${link}/${proxy}`;
}

/** The component that a way leads to. */
export function endOf(way: string): string {
  return way.slice(way.indexOf('/') + 1);
}

/** Names of the links on which these ways lie. */
export function linksOf(ways: readonly string[]): string[] {
  return [...new Set(ways.map((way) => way.slice(0, way.indexOf('/'))))];
}
