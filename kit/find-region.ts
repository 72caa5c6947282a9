/**
 * Which regions run, of either body, and which one a verb means. A region of processes has a `running.json`; one in
 * containers has none on this machine and is asked at its controller's port. Guards against the verb that hits another
 * region than its author had in mind: where two are possible, one must be named.
 *
 *   AZIMUTH_API=<url>        that region and no other
 *   running.json             regions of processes
 *   127.0.0.1:8090           the region in containers, or at AZIMUTH_API_PORT
 */
import type { ErrorCode } from '#contracts/errors.ts';
import { EXIT } from '#contracts/exit-codes.ts';
import { HEADER } from '#contracts/headers.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { CommandFailure } from './command-line.ts';
import { isRunningRegion, listRunning } from './state-folder.ts';
import { startText } from './tool-container.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The region that nobody named otherwise. */
export const DEFAULT_REGION = 'azimuth';

/** A refused port answers at once; this is for one that accepts and is silent. */
const ANSWER_TIMEOUT_MS = 1000;
const API_PORT = '8090';
/** What the controller says of an injector that it cannot ask. */
const INJECTOR_AWAY: readonly string[] = ['AZ_INJECTOR_GONE', 'AZ_INJECTOR_SILENT'] satisfies ErrorCode[];

interface SilentApi {
  api: string;
  /** Goes on after the address. */
  why: string;
}

export interface RunningRegions {
  regions: RunningRegion[];
  /** Where somebody is who did not say what runs, and why; null otherwise. */
  silentApi: SilentApi | null;
}

/** What runs now, regions of processes first. Never rejects. */
export async function listRegions(env: Environment = process.env): Promise<RunningRegions> {
  const named = env['AZIMUTH_API'];
  if (named !== undefined && named !== '') {
    const { region, silence } = await askController(named);
    return { regions: region === null ? [] : [region], silentApi: silence };
  }
  const processes = listRunning(env);
  const api = `http://127.0.0.1:${env['AZIMUTH_API_PORT'] || API_PORT}`;
  // That port is known already.
  if (processes.some((one) => one.api === api)) return { regions: processes, silentApi: null };
  const { region, silence } = await askController(api);
  // One of processes whose state folder is another one is none of ours.
  return { regions: region?.body === 'compose' ? [...processes, region] : processes, silentApi: silence };
}

/**
 * The region that a verb means: the named one, else `AZIMUTH_REGION`, else the only one that runs.
 * Rejects with CommandFailure: NOT_READY when it does not run, USAGE when several could be meant.
 */
export async function findRegion(name?: string, env: Environment = process.env): Promise<RunningRegion> {
  const { regions, silentApi } = await listRegions(env);
  const wanted = name ?? (env['AZIMUTH_REGION'] || undefined);
  const meant = wanted === undefined ? regions : regions.filter(({ region }) => region === wanted);
  const [found, ...others] = meant;
  if (found === undefined) throw notRunning(wanted, regions, silentApi, env);
  if (others.length === 0) return found;
  if (meant.every(({ region }) => region === found.region)) {
    const apis = meant.map(({ body, api }) => `${bodyText(body)} at ${api}`).join(', ');
    throw new CommandFailure(`Two regions are called "${found.region}": ${apis}.`, EXIT.USAGE, `Say which one by its address: AZIMUTH_API=${found.api}`);
  }
  throw new CommandFailure(`Several regions are running: ${namesOf(regions)}.`, EXIT.USAGE, 'Say which one with --region <name>.');
}

/** `in containers`, `as processes`. */
export function bodyText(body: RunningRegion['body']): string {
  return body === 'compose' ? 'in containers' : 'as processes';
}

function notRunning(wanted: string | undefined, regions: readonly RunningRegion[], silentApi: SilentApi | null, env: Environment): CommandFailure {
  const what = wanted === undefined ? 'No region is running' : `No region "${wanted}" is running`;
  if (regions.length > 0) return new CommandFailure(`${what}.`, EXIT.NOT_READY, `Running now: ${namesOf(regions)}. Choose one with --region.`);
  if (silentApi !== null) {
    return new CommandFailure(
      `${what}, or it is too busy: ${silentApi.api} ${silentApi.why}.`, EXIT.NOT_READY,
      'See whether they run: "docker compose ps injector controller", "docker compose logs injector controller".',
    );
  }
  const where = env['AZIMUTH_API'] ? ` at ${env['AZIMUTH_API']}` : '';
  return new CommandFailure(`${what}${where}.`, EXIT.NOT_READY, startText(env));
}

function namesOf(regions: readonly RunningRegion[]): string {
  return regions.map(({ region }) => region).join(', ');
}

/** The address that was asked is the one to use: what the region calls its own is the host's, not this container's. */
async function askController(api: string): Promise<{ region: RunningRegion | null; silence: SilentApi | null }> {
  try {
    const response = await fetch(new URL('/v1/running', api), { redirect: 'error', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const answer: unknown = await response.json();
    const isAlone = INJECTOR_AWAY.includes(response.headers.get(HEADER.error) ?? '');
    return { region: response.ok && isRunningRegion(answer) ? { ...answer, api } : null, silence: isAlone ? { api, why: 'says that its injector does not answer' } : null };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return { region: null, silence: isLate ? { api, why: `did not answer within ${ANSWER_TIMEOUT_MS / 1000} s` } : null };
  }
}
