/**
 * Whether the region serves: everything that customers need runs, the front door has a load balancer that takes
 * requests in every AZ, and every load balancer has a replica of each service. One look at what is known and one
 * question to each balancer in front, because the container's health check asks every two seconds.
 */
import type { Endpoint } from '#contracts/region.ts';
import type { UpstreamOpinion } from '#contracts/faults.ts';
import type { ComponentState } from './driver.ts';
import { askBalancer } from './observations.ts';
import type { Unreached } from './links/links.ts';

/** The region serves without those who watch and break it. */
const NOT_NEEDED: readonly Endpoint['role'][] = ['observer', 'injector', 'controller'];

export interface ServingView {
  endpoints: readonly Endpoint[];
  components: readonly ComponentState[];
  /** Links whose ways are not as they should be. */
  unreached: readonly Unreached[];
}

type Ask = (endpoint: Endpoint) => Promise<UpstreamOpinion[] | null>;

/** What is missing, one phrase each; empty when it serves. */
export async function whatIsMissing({ endpoints, components, unreached }: ServingView, ask: Ask = askBalancer): Promise<string[]> {
  const needed = endpoints.filter(({ role }) => !NOT_NEEDED.includes(role));
  const states = new Map(components.map(({ name, state }) => [name, state]));
  const down = needed.filter(({ name }) => states.get(name) !== 'running').map(({ name }) => `${name} is ${states.get(name) ?? 'not there'}`);
  if (down.length > 0) return down;
  const ways = unreached.map(({ name, reason }) => `${name} has not all its ways: ${reason}`);
  const balancers = needed.filter(({ role }) => role === 'front-door' || role === 'load-balancer');
  const zones = new Set(needed.flatMap(({ role, az }) => (role === 'load-balancer' && az !== null ? [az] : [])));
  const blind = await Promise.all(balancers.map(async (balancer) => missingTargets(balancer, await ask(balancer), zones)));
  return [...ways, ...blind.flat()];
}

function missingTargets({ name, role }: Endpoint, upstreams: readonly UpstreamOpinion[] | null, zones: ReadonlySet<string>): string[] {
  if (upstreams === null) return [`${name} does not answer`];
  return upstreams.flatMap(({ upstream, targets }) => {
    const up = targets.filter(({ state }) => state === 'up' || state === 'returning');
    if (role === 'load-balancer') return up.length > 0 ? [] : [`${name} sees no ${upstream}`];
    return [...zones].filter((zone) => !up.some((target) => target.zone === zone)).map((zone) => `${name} sees no ${upstream} in ${zone}`);
  });
}
