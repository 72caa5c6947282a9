/**
 * What the machine has of Docker. The embedded region needs none of it, so all of this is only worth
 * knowing, until a clash of networks would make the region in containers unreachable.
 * https://docs.docker.com/engine/manage-resources/contexts/
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir, networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { join } from 'node:path';
import { note, ok, type Finding } from './finding.ts';

export interface DockerSetup {
  /** `DOCKER_HOST`, else the current context's name, else null for the local default. */
  remote: string | null;
  /** The engine's socket; null where none of the usual ones is there. */
  socket: string | null;
}

/** Reads the setup the way the Docker client does, without running it. */
export function readDockerSetup(env: Readonly<Record<string, string | undefined>>, home = homedir()): DockerSetup {
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const path = /^unix:\/\/(.+)$/.exec(host)?.[1];
    return path === undefined ? { remote: host, socket: null } : { remote: null, socket: existsSync(path) ? path : null };
  }
  const context = env['DOCKER_CONTEXT'] ?? currentContext(join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json'));
  const local = context === null || LOCAL_CONTEXTS.has(context);
  const runtime = env['XDG_RUNTIME_DIR'];
  const sockets = [
    SYSTEM_SOCKET, ...['.docker/run', '.docker/desktop', '.colima/default'].map((folder) => join(home, folder, 'docker.sock')),
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'docker.sock')]),
  ];
  return { remote: local ? null : context, socket: sockets.find((path) => existsSync(path)) ?? null };
}

/** What the injector's container mounts unless `AZIMUTH_DOCKER_SOCKET` says otherwise. */
const SYSTEM_SOCKET = '/var/run/docker.sock';
const LOCAL_CONTEXTS = new Set(['default', 'desktop-linux', 'colima', 'orbstack', 'rootless']);

function currentContext(path: string): string | null {
  try {
    const { currentContext: name } = JSON.parse(readFileSync(path, 'utf8')) as { currentContext?: unknown };
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}

export interface Networks {
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** Text of `/proc/net/route`; empty where there is none. */
  routes: string;
}

export function readNetworks(): Networks {
  try {
    return { interfaces: networkInterfaces(), routes: readFileSync('/proc/net/route', 'utf8') };
  } catch {
    return { interfaces: networkInterfaces(), routes: '' };
  }
}

/** @param prefix the first two octets of the region's networks, such as `10.83`  @param mounted `AZIMUTH_DOCKER_SOCKET` */
export function examineDocker(setup: DockerSetup, prefix: string, mounted: string | undefined, networks: Networks): Finding[] {
  if (setup.remote !== null) {
    const remedy = 'A region of processes ignores it; one in containers must run here. To use the engine of this machine: docker context use default, and no DOCKER_HOST';
    return [note('docker', `points at another machine (${setup.remote})`, remedy)];
  }
  if (setup.socket === null) return [note('docker', 'no socket of an engine found; a region of processes needs none')];
  return [socketFinding(setup.socket, mounted), ...subnetFindings(prefix, networks)];
}

/** Docker Desktop and its like mount their engine's own socket under the system's name; a rootless engine does not. */
function socketFinding(socket: string, mounted: string | undefined): Finding {
  const isRootless = socket.startsWith('/run/user/');
  if (!isRootless || (mounted !== undefined && mounted !== '')) return ok('docker', `its socket is ${socket}`);
  return note('docker', `its socket is ${socket}, of a rootless engine`, `The injector must be told: AZIMUTH_DOCKER_SOCKET=${socket} docker compose up -d --wait`);
}

function subnetFindings(prefix: string, { interfaces, routes }: Networks): Finding[] {
  const subnet = `${prefix}.0.0/16`;
  const remedy = 'For containers choose another: AZIMUTH_SUBNET=10.84. A region of processes is not affected.';
  for (const [name, addresses] of Object.entries(interfaces)) {
    const own = isOfDocker(name) ? undefined : addresses?.find(({ address }) => address.startsWith(`${prefix}.`));
    if (own !== undefined) return [note('subnet', `${subnet} is in use by ${name} (${own.address})`, remedy)];
  }
  const route = routes.split('\n').slice(1).map((line) => line.split('\t')).find((fields) => !isOfDocker(fields[0] ?? '') && leadsInto(prefix, fields));
  return route === undefined ? [] : [note('subnet', `a route by ${route[0]} leads into ${subnet}`, `${remedy} Else what lies behind that route cannot be reached.`)];
}

/** Whether a line of the routing table says where parts of the network are, or where it is a part of; the default route says neither. */
function leadsInto(prefix: string, fields: readonly string[]): boolean {
  const [destination, mask] = [fromHostOrder(fields[1] ?? ''), fromHostOrder(fields[7] ?? '')];
  if (destination === null || mask === null || mask === 0) return false;
  const [first = 0, second = 0] = prefix.split('.').map(Number);
  const common = (mask & 0xffff0000) >>> 0;
  return ((destination & common) >>> 0) === (((first * 2 ** 24 + second * 2 ** 16) & common) >>> 0);
}

/** `0000530A` is 10.83.0.0 on the little-endian machines that Node runs on. */
function fromHostOrder(hex: string): number | null {
  if (!/^[\dA-F]{8}$/i.test(hex)) return null;
  return [6, 4, 2, 0].reduce((sum, at) => sum * 256 + Number.parseInt(hex.slice(at, at + 2), 16), 0);
}

/** Docker's own bridges: an earlier region of ours, or one that Docker will name itself. */
function isOfDocker(name: string): boolean {
  return name.startsWith('br-') || name.startsWith('docker');
}
