/**
 * What a container is to the region, by its labels and by inspection: in which state, on which of its networks, and
 * how it differs from the description. Guards against the container that runs and looks well while it stands on no
 * network, or on one under an address that nobody knows.
 */
import type { ComponentStatus } from '#contracts/region-status.ts';
import { LABEL } from '#contracts/labels.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { ContainerDetail, ContainerSummary } from './engine-answers.ts';
import type { Place } from './engine.ts';

const SERVICE_LABEL = 'com.docker.compose.service';
const ONE_OFF_LABEL = 'com.docker.compose.oneoff';

/** Roles whose containers end by themselves. */
export const PASSING: readonly Endpoint['role'][] = ['region', 'tool'];

/** By endpoint name; of several of one service (one is being replaced), the one that runs, else the newest. */
export function byEndpoint(containers: readonly ContainerSummary[]): Map<string, ContainerSummary> {
  const found = new Map<string, ContainerSummary>();
  for (const container of containers) {
    const name = container.labels[SERVICE_LABEL];
    if (name === undefined || container.labels[ONE_OFF_LABEL] === 'True') continue;
    const other = found.get(name);
    if (other === undefined || standing(container) > standing(other)) found.set(name, container);
  }
  return found;
}

function standing({ state, createdMs }: ContainerSummary): number {
  return (state === 'running' || state === 'paused' ? 1e15 : 0) + createdMs;
}

/** The engine's name of a network of the description, as Compose gives it. */
export function engineNetwork(region: string, network: string): string {
  return `${region}_${network}`;
}

/** Networks of the description on which it does not stand, or under another address. One that does not run has no interface anywhere, but keeps its addresses. */
export function missingPlaces(region: string, { networks }: Endpoint, container: ContainerSummary): Place[] {
  const runs = container.state === 'running' || container.state === 'paused';
  return networks.filter(({ name, address }) => {
    const at = container.networks.get(engineNetwork(region, name));
    return at === undefined || at.address !== address || (runs && !at.live);
  });
}

export function stateOf(region: string, endpoint: Endpoint, container: ContainerSummary | undefined): ComponentStatus['state'] {
  switch (container?.state) {
    case 'running':
      return missingPlaces(region, endpoint, container).length > 0 ? 'detached' : 'running';
    case 'paused':
      return 'frozen';
    case 'restarting':
      return 'starting';
    default:
      return 'dead';
  }
}

/** How it ended, one phrase. */
export function deathOf(container: ContainerSummary | undefined, detail: ContainerDetail | null): string | null {
  if (container === undefined) return 'has no container';
  if (container.state === 'created') return 'was never started';
  if (container.state !== 'exited' && container.state !== 'dead') return null;
  if (detail === null) return 'ended';
  return detail.oomKilled ? 'was ended by the kernel: it needed more memory than it may have' : `ended with exit code ${detail.exitCode}`;
}

/** One sentence each, in the description's order. Observers may be left out: the region serves without them. */
export function differencesOf({ region, endpoints }: Region, containers: readonly ContainerSummary[]): string[] {
  const found = byEndpoint(containers);
  const lasting = endpoints.filter(({ role }) => !PASSING.includes(role));
  const differences = lasting.flatMap((endpoint) => {
    const container = found.get(endpoint.name);
    if (container === undefined) return endpoint.role === 'observer' ? [] : [`${endpoint.name} has no container; "docker compose up -d" makes one.`];
    return [...labelDifferences(endpoint, container), ...addressDifferences(region, endpoint, container)];
  });
  const known = new Set(endpoints.map(({ name }) => name));
  const foreign = [...found].filter(([name, { labels }]) => !known.has(name) && labels[LABEL.role] !== undefined && labels[LABEL.role] !== 'region');
  return [...differences, ...foreign.map(([name]) => `${name} is a container of this region, but not in its description.`)];
}

function labelDifferences(endpoint: Endpoint, { labels }: ContainerSummary): string[] {
  const described: [label: string, value: string | null][] = [
    [LABEL.role, endpoint.role], [LABEL.az, endpoint.az], [LABEL.dc, endpoint.dc], [LABEL.service, endpoint.service],
  ];
  return described.flatMap(([label, value]) => {
    const has = labels[label] ?? null;
    return has === value ? [] : [`${endpoint.name} has the label ${label}=${has ?? '(none)'}, and the description says ${value ?? '(none)'}; "docker compose up -d" makes it anew.`];
  });
}

/** One that is off a network is detached, which is no difference but a fault. */
function addressDifferences(region: string, endpoint: Endpoint, container: ContainerSummary): string[] {
  return endpoint.networks.flatMap(({ name, address }) => {
    const at = container.networks.get(engineNetwork(region, name))?.address ?? address;
    return at === address ? [] : [`${endpoint.name} has the address ${at} on ${name}, and the description says ${address}; "heal" gives it back.`];
  });
}
