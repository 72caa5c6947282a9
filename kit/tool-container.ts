/**
 * What is different for the command line when it runs in a container of its own (`docker compose run --rm chaos …`):
 * the words that a person must type, and where reports go. Guards against hints that name a program which the person
 * does not have, and paths which exist in the container alone.
 */
import { isAbsolute, join, normalize, relative } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the checkout's `reports` is mounted. */
const REPORTS_MOUNT = '/reports';

export function isInContainer(env: Environment = process.env): boolean {
  return env['AZIMUTH_IN_CONTAINER'] === '1';
}

/** What a person types for `kill az1`. */
export function commandText(words: string, env: Environment = process.env): string {
  return `${isInContainer(env) ? 'docker compose run --rm chaos' : './azimuth'}${words === '' ? '' : ` ${words}`}`;
}

/** How a region comes up, for a hint. */
export function startText(env: Environment = process.env): string {
  const containers = '"docker compose up -d --wait"';
  return isInContainer(env) ? `Start it with ${containers}.` : `Start one with "npm start" in another terminal, or in containers with ${containers}.`;
}

/** The folder of this container that is one of the host's: `AZIMUTH_REPORTS`, else `/reports`. Null outside a container. */
export function mountedReports(env: Environment = process.env): string | null {
  return isInContainer(env) ? env['AZIMUTH_REPORTS'] || REPORTS_MOUNT : null;
}

/** The same path as the person finds it: below the mount it is the host's (`AZIMUTH_REPORTS_ON_HOST`). */
export function pathForPeople(path: string, env: Environment = process.env): string {
  const mount = mountedReports(env);
  const onHost = env['AZIMUTH_REPORTS_ON_HOST'];
  if (mount === null || onHost === undefined || onHost === '') return path;
  const below = relative(mount, path);
  if (below.startsWith('..') || isAbsolute(below)) return path;
  return below === '' ? onHost : `${onHost.replace(/\/+$/, '')}/${below}`;
}

/** The other way round: a path as the person types it, where this process finds it. */
export function pathFromPeople(path: string, env: Environment = process.env): string {
  const mount = mountedReports(env);
  const onHost = env['AZIMUTH_REPORTS_ON_HOST'];
  if (mount === null || onHost === undefined || onHost === '') return path;
  const below = relative(normalize(onHost), normalize(path));
  return below.startsWith('..') || isAbsolute(below) ? path : join(mount, below);
}
