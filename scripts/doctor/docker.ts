/**
 * What the machine has of Docker. The embedded region needs none of it, so all of this is only worth
 * knowing, until a clash of networks would make the Compose body unreachable.
 * https://docs.docker.com/engine/manage-resources/contexts/
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir, networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { join } from 'node:path';
import { note, ok, type Finding } from './finding.ts';

export interface DockerSetup {
  /** `DOCKER_HOST`, else the current context's name, else null for the local default. */
  remote: string | null;
  socket: boolean;
}

/** Reads the setup the way the Docker client does, without running it. */
export function readDockerSetup(env: Readonly<Record<string, string | undefined>>, home = homedir()): DockerSetup {
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const path = /^unix:\/\/(.+)$/.exec(host)?.[1];
    return path === undefined ? { remote: host, socket: false } : { remote: null, socket: existsSync(path) };
  }
  const context = env['DOCKER_CONTEXT'] ?? currentContext(join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json'));
  const local = context === null || LOCAL_CONTEXTS.has(context);
  const sockets = ['/var/run/docker.sock', join(home, '.docker/run/docker.sock'), join(home, '.colima/default/docker.sock')];
  return { remote: local ? null : context, socket: sockets.some((path) => existsSync(path)) };
}

const LOCAL_CONTEXTS = new Set(['default', 'desktop-linux', 'colima', 'orbstack', 'rootless']);

function currentContext(path: string): string | null {
  try {
    const { currentContext: name } = JSON.parse(readFileSync(path, 'utf8')) as { currentContext?: unknown };
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}

/** @param prefix the first two octets of the region's networks, such as `10.83` */
export function examineDocker(setup: DockerSetup, prefix: string, interfaces = networkInterfaces()): Finding[] {
  if (setup.remote !== null) {
    return [note('docker', `points at another machine (${setup.remote})`, 'The embedded region ignores it. To use the engine of this machine: docker context use default')];
  }
  if (!setup.socket) return [note('docker', 'not found; the embedded region needs none')];
  const clash = Object.entries(interfaces).find(([name, addresses]) => !isOfDocker(name) && addresses?.some((one) => one.address.startsWith(`${prefix}.`)));
  const findings = [ok('docker', 'its socket is there')];
  if (clash !== undefined) findings.push(clashing(clash[0], clash[1] ?? [], prefix));
  return findings;
}

/** Docker's own bridges: an earlier region of ours, or one that Docker will name itself. */
function isOfDocker(name: string): boolean {
  return name.startsWith('br-') || name.startsWith('docker');
}

function clashing(name: string, addresses: readonly NetworkInterfaceInfo[], prefix: string): Finding {
  const address = addresses.find((one) => one.address.startsWith(`${prefix}.`))?.address ?? prefix;
  return note('subnet', `${prefix}.0.0/16 is in use by ${name} (${address})`, 'For containers choose another: AZIMUTH_SUBNET=10.84. The embedded region is not affected.');
}
