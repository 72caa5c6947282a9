/**
 * Which Docker engine is meant: the one that the client's own settings mean (context, `DOCKER_HOST`, rootless), else
 * the one that `./azimuth engine up` started. Guards against a test that talks to one engine while the command that
 * it starts talks to another: what clients need in their environment is decided once, here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../reference/go-program.ts';
import { lastWords, run } from './command.ts';

const ASK_MS_MAX = 15_000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface Engine {
  /** What every client needs beside what the environment already says. */
  env: Readonly<Record<string, string>>;
  version: string;
  /** As Node names it: `x64`, `arm64`. */
  cpu: string;
  /** Started by us: what is in it is ours too. */
  isOwn: boolean;
}

export type FoundEngine = { engine: Engine } | { /** One sentence. */ missing: string };

/** Folder of the engine that we start ourselves. */
export function engineFolder(environment: Environment = process.env): string {
  return join(cacheFolder(environment), 'engine');
}

export function ownSocket(environment: Environment = process.env): string {
  return join(engineFolder(environment), 'docker.sock');
}

export async function findEngine(environment: Environment = process.env): Promise<FoundEngine> {
  const socket = ownSocket(environment);
  const theirs = await ask({}, environment);
  // Somebody may have exported what `engine up` printed.
  if ('server' in theirs) return { engine: engineOf(theirs.server, theirs.env, environment['DOCKER_HOST'] === `unix://${socket}`) };
  if (existsSync(socket)) {
    const ours = await ask({ DOCKER_HOST: `unix://${socket}`, AZIMUTH_DOCKER_SOCKET: socket }, environment);
    if ('server' in ours) return { engine: engineOf(ours.server, ours.env, true) };
  }
  return { missing: theirs.missing };
}

interface Server {
  Version: string;
  Arch: string;
}

const CPUS: Readonly<Record<string, string>> = { amd64: 'x64' };

function engineOf(server: Server, env: Readonly<Record<string, string>>, isOwn: boolean): Engine {
  return { env, version: server.Version, cpu: CPUS[server.Arch] ?? server.Arch, isOwn };
}

async function ask(env: Readonly<Record<string, string>>, environment: Environment): Promise<{ server: Server; env: Readonly<Record<string, string>> } | { missing: string }> {
  const all = { ...environment, ...env };
  const asked = await run(['docker', 'version', '--format', '{{json .Server}}'], { env: all, limitMs: ASK_MS_MAX });
  if (asked.code === 127) return { missing: 'There is no "docker" on the PATH.' };
  const server = readServer(asked.stdout);
  if (asked.code !== 0 || server === null) return { missing: `No Docker engine answers. The client says: ${lastWords(asked, 1)}` };
  return { server, env: { ...(await socketOf(all)), ...env } };
}

function readServer(text: string): Server | null {
  try {
    const value = JSON.parse(text) as Partial<Server> | null;
    return typeof value?.Version === 'string' && typeof value.Arch === 'string' ? { Version: value.Version, Arch: value.Arch } : null;
  } catch {
    return null;
  }
}

/**
 * Where the injector's container finds the socket, when it is not the usual place: a rootless engine's lies in the
 * user's runtime folder. Docker Desktop's is at the usual place of its own machine, whatever the host calls it.
 */
async function socketOf(environment: Environment): Promise<Readonly<Record<string, string>>> {
  const given = environment['AZIMUTH_DOCKER_SOCKET'];
  if ((given !== undefined && given !== '') || process.platform !== 'linux') return {};
  const host = environment['DOCKER_HOST'];
  const endpoint = host !== undefined && host !== '' ? host : (await run(['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], { env: environment, limitMs: ASK_MS_MAX })).stdout.trim();
  const path = /^unix:\/\/(\/.+)$/.exec(endpoint)?.[1];
  return path === undefined || path === '/var/run/docker.sock' || path.includes('/.docker/desktop/') ? {} : { AZIMUTH_DOCKER_SOCKET: path };
}
