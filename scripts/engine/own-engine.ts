/**
 * A Docker engine of our own, for machines that have none running: Debian's dockerd with its data in the cache, so that
 * images outlive it. Guards against an engine that outlives the run it was started for, with all its containers and
 * mounts: whoever starts it says for whom, and one whose owner is gone is taken over and ended by the next.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { withInstallLock } from '../install-lock.mjs';
import { run } from './command.ts';
import { engineFolder, ownSocket } from './find-engine.ts';
import { endGroups, groupsOf, shareProcessors } from './processor-shares.ts';
import { systemProgram } from '../debian-packages.ts';

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;
const POLL_MS = 100;
/** Instead of a process: it stays until somebody stops it. */
const KEPT = 'kept';

type Say = (text: string) => void;

const folder = engineFolder();
const groups = groupsOf(folder);
const files = { socket: ownSocket(), pid: join(folder, 'dockerd.pid'), log: join(folder, 'dockerd.log'), owner: join(folder, 'owner'), exec: join(folder, 'exec'), data: join(folder, 'data') };

/**
 * Starts it, or takes over one that nobody needs any more. `containers` is how many will run in it. Null when it runs
 * and is `owner`'s to stop, else why not; one that is kept runs too, and is not.
 */
export async function startOwnEngine(owner: 'this process' | 'kept', containers: number, say: Say): Promise<{ isToStop: boolean } | { missing: string }> {
  const dockerd = systemProgram('dockerd');
  if (dockerd === null) return { missing: 'There is no "dockerd" on this machine.' };
  if (process.getuid?.() !== 0) return { missing: 'Only root can start a Docker engine.' };
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return withInstallLock(join(folder, 'start.lock'), say, async () => {
    if (await answers()) {
      const other = ownerOf();
      if (other === 'another process') return { missing: `Another run (process ${readText(files.owner)}) is using the engine in ${folder}. Wait for it, or end it.` };
      if (other === KEPT) return { isToStop: false };
      writeFileSync(files.owner, owner === KEPT ? KEPT : String(process.pid));
      return { isToStop: true };
    }
    await stopOwnEngine();
    writeFileSync(files.owner, owner === KEPT ? KEPT : String(process.pid));
    say('starting a Docker engine …');
    const complaint = await start(dockerd, containers, say);
    return complaint === null ? { isToStop: true } : { missing: complaint };
  });
}

async function start(dockerd: string, containers: number, say: Say): Promise<string | null> {
  const log = openSync(files.log, 'w');
  // Detached: Ctrl-C in the terminal must not end it before the containers.
  const child = spawn(dockerd, ['--host', `unix://${files.socket}`, '--data-root', files.data, '--exec-root', files.exec, '--pidfile', files.pid, '--cgroup-parent', `/${groups.containers}`, '--log-level', 'warn'], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  // Before it starts containerd, which then stands in the same group.
  const refusal = child.pid === undefined ? null : shareProcessors(groups, containers, child.pid);
  if (refusal !== null) say(refusal);
  const beganMs = performance.now();
  while (!(await answers())) {
    if (ended || performance.now() - beganMs > READY_MS_MAX) {
      await stopOwnEngine();
      return `The Docker engine does not start. It says: ${(readText(files.log) ?? '').trim().split('\n').slice(-2).join(' | ')} (all of it in ${files.log}).`;
    }
    await wait(POLL_MS);
  }
  return null;
}

/** Ends it with all that runs in it, and takes its mounts, groups and socket away. Images stay. */
export async function stopOwnEngine(): Promise<void> {
  if (await answers()) await removeContainers();
  for (const path of [files.pid, join(files.exec, 'containerd', 'containerd.pid')]) await endProcess(path);
  for (const path of mountsBelow(folder)) await run(['umount', '--lazy', path]);
  await endGroups(groups);
  for (const path of [files.exec, files.socket, files.pid, files.owner]) rmSync(path, { recursive: true, force: true });
}

/** True while there is one to stop. */
export function ownEngineRuns(): boolean {
  return pidOf(files.pid) !== null;
}

async function removeContainers(): Promise<void> {
  const env = { ...process.env, DOCKER_HOST: `unix://${files.socket}` };
  const ids = (await run(['docker', 'ps', '--all', '--quiet'], { env, limitMs: STOP_MS_MAX })).stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...ids], { env, limitMs: STOP_MS_MAX });
  await run(['docker', 'network', 'prune', '--force'], { env, limitMs: STOP_MS_MAX });
}

/** By one SIGTERM: a third would make dockerd leave its containers running. */
async function endProcess(pidFile: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const pid = pidOf(pidFile);
    if (pid === null) return;
    process.kill(pid, signal);
    for (const beganMs = performance.now(); pidOf(pidFile) === pid && performance.now() - beganMs < STOP_MS_MAX; ) await wait(POLL_MS);
  }
}

/** Of a process that runs, and is no later one that got the number. */
function pidOf(pidFile: string): number | null {
  const pid = Number(readText(pidFile));
  if (!Number.isInteger(pid) || pid <= 1) return null;
  // "4711 (dockerd) S …"; one that has ended and that nobody has asked for its exit code is Z.
  return /\((?:dockerd|containerd)\) [^ZX]/.test(readText(`/proc/${pid}/stat`) ?? '') ? pid : null;
}

function ownerOf(): 'kept' | 'another process' | 'nobody' {
  const owner = readText(files.owner);
  if (owner === KEPT) return KEPT;
  return owner !== null && Number(owner) !== process.pid && existsSync(`/proc/${owner}`) ? 'another process' : 'nobody';
}

/** The deepest first. */
function mountsBelow(parent: string): string[] {
  return (readText('/proc/mounts') ?? '').split('\n').map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${parent}/`)).reverse();
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: files.socket, path: '/_ping', timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false)).on('timeout', () => asked.destroy()).end();
  });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
