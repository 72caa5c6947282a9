/**
 * What a fault's target means. It guards against the typo that breaks nothing, or the wrong thing, and
 * passes: a name that is not the region's is an error that names the nearest one, and what stands for
 * somebody else's part of a real region cannot be named at all.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { Endpoint } from '#contracts/region.ts';
import { nearestName } from './nearest-name.ts';

export interface Target {
  kind: 'az' | 'dc' | 'replica';
  /** AZ in which all members are. */
  zone: string;
  /** Endpoint names, in the description's order; never empty. */
  members: string[];
}

const REFUSED: Partial<Record<Endpoint['role'], string>> = {
  'front-door': 'it stands for DNS and anycast, which serve every AZ',
  customers: 'they stand for the people outside; set their rate with "traffic"',
  injector: 'it is what breaks and heals everything else',
  controller: 'it is what runs experiments, and by which you ask',
  observer: 'it only watches; "docker compose stop" shows what the region is without it',
  region: 'it only writes the description',
};

/**
 * @param endpoints what this body runs
 * @param text `az1`, `az1-dc2` or an endpoint's name
 * @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET
 */
export function resolveTarget(endpoints: readonly Endpoint[], text: string): Target {
  const inAz = endpoints.filter((endpoint) => endpoint.az === text);
  if (inAz.length > 0) return { kind: 'az', zone: text, members: names(inAz) };
  const inDc = endpoints.filter((endpoint) => endpoint.dc === text);
  if (inDc.length > 0) return { kind: 'dc', zone: inDc[0]?.az ?? '', members: names(inDc) };
  const one = endpoints.find((endpoint) => endpoint.name === text);
  if (one === undefined) throw unknown(endpoints, text);
  const refused = REFUSED[one.role];
  if (refused !== undefined) throw new AzimuthError('AZ_REFUSED_TARGET', `${text}: ${refused}`);
  if (one.az === null) throw new AzimuthError('AZ_REFUSED_TARGET', `${text} is in no AZ`);
  return { kind: 'replica', zone: one.az, members: [one.name] };
}

function unknown(endpoints: readonly Endpoint[], text: string): AzimuthError {
  const known = endpoints.flatMap(({ name, az, dc }) => [az, dc, name]).filter((name) => name !== null);
  const nearest = nearestName(text, known);
  const shown = text.slice(0, 64);
  return new AzimuthError('AZ_UNKNOWN_TARGET', nearest === null ? shown : `${shown}; did you mean ${nearest}?`);
}

function names(endpoints: readonly Endpoint[]): string[] {
  return endpoints.map((endpoint) => endpoint.name);
}
