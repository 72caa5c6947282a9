/**
 * Where a region keeps what outlives a command, and which regions run now. A running region is a
 * `running.json` whose process is alive; anything else (a killed parent, a half-written file, a pid that
 * another process has by now) counts as not running, so that nobody has to clean up after a crash.
 * Places follow the XDG Base Directory Specification, section 3.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { REGION_NAME_PATTERN } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { mountedReports } from './tool-container.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const RUNNING_FILE = 'running.json';

/** Folder of all regions: `AZIMUTH_STATE_DIR`, else the XDG state folder, in a container beside the reports. Not created here. */
export function stateRoot(env: Environment = process.env): string {
  const own = env['AZIMUTH_STATE_DIR'];
  if (own !== undefined && own !== '') return resolve(own);
  const mounted = mountedReports(env);
  // Nothing else of a container outlives it, and its user may have no home.
  if (mounted !== null) return join(mounted, '.state');
  const xdg = env['XDG_STATE_HOME'];
  // The specification says to ignore relative paths.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return join(base, 'azimuth');
}

/** Folder of one region, by its name. Not created here. Throws RangeError on a name that is none. */
export function stateFolder(region: string, env: Environment = process.env): string {
  if (!new RegExp(REGION_NAME_PATTERN).test(region)) {
    throw new RangeError(`"${region}" is no region name: a lower-case letter, then up to 30 of a-z, 0-9 and "-".`);
  }
  return join(stateRoot(env), region);
}

/**
 * Folder of what was found out about a region: its capacity, its reports. A region in containers has one of its own,
 * since what one body carries says nothing of the other. Not created here.
 */
export function evidenceFolder({ region, body }: Pick<RunningRegion, 'region' | 'body'>, env: Environment = process.env): string {
  const folder = stateFolder(region, env);
  return body === 'compose' ? join(folder, 'compose') : folder;
}

/** Folder of a region's reports, on the host a part of {@link evidenceFolder}. Not created here. */
export function reportsFolder(running: Pick<RunningRegion, 'region' | 'body'>, env: Environment = process.env): string {
  return mountedReports(env) ?? join(evidenceFolder(running, env), 'reports');
}

/** Makes the region known to the verbs; a reader sees the whole file or none. Returns its path. */
export function publishRunning(running: RunningRegion, env: Environment = process.env): string {
  const folder = stateFolder(running.region, env);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, RUNNING_FILE);
  const processStart = running.pid === null ? null : processStartOf(running.pid);
  const content = processStart === null ? running : { ...running, processStart };
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, path);
  return path;
}

/** Undoes {@link publishRunning}, unless another process has published itself since. */
export function withdrawRunning(region: string, pid: number, env: Environment = process.env): void {
  const path = join(stateFolder(region, env), RUNNING_FILE);
  if (readRunning(path)?.pid === pid) rmSync(path, { force: true });
}

/** Regions that run now, by name. Reads only; stale and broken files are passed over. */
export function listRunning(env: Environment = process.env): RunningRegion[] {
  let names: string[];
  try {
    names = readdirSync(stateRoot(env)).sort();
  } catch {
    return [];
  }
  const found: RunningRegion[] = [];
  for (const name of names) {
    const running = readRunning(join(stateRoot(env), name, RUNNING_FILE));
    if (running !== null && running.region === name && isAlive(running)) found.push(running);
  }
  return found;
}

function readRunning(path: string): RunningRegion | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRunningRegion(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether text that somebody wrote or sent says what a running region says of itself. */
export function isRunningRegion(value: unknown): value is RunningRegion {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, region, body, pid, api, urls } = value as Partial<RunningRegion>;
  return (
    schema === 'azimuth.running/1' && typeof region === 'string' && typeof api === 'string' && (body === 'compose' || body === 'embedded') &&
    (pid === null || (Number.isInteger(pid) && (pid as number) > 0)) && typeof urls === 'object' && urls !== null
  );
}

function isAlive({ pid, processStart }: RunningRegion): boolean {
  // Containers have no process here to be seen.
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = processStartOf(pid);
  return now === null || processStart === undefined || now === processStart;
}

/** Names one process for good: wall clocks jump, the kernel's start tick does not. Null where /proc does not tell. */
function processStartOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22, counted from behind the command name, which may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return 'zombie';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}
