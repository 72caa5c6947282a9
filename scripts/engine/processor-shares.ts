/**
 * How much of the processors an engine's containers get beside everything else. Under systemd each container is a
 * scope with the weight of a whole service; an engine started by hand puts all of them below one group that weighs as
 * much as a single shell, so that beside a busy test runner two dozen programs starve and miss their deadlines. The
 * group is given the weight of all its containers together; the engine gets a group of its own beside it.
 *
 * https://docs.kernel.org/scheduler/sched-design-CFS.html, https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.weight)
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of an engine's groups, the same in every hierarchy of the kernel. */
export interface Groups {
  engine: string;
  containers: string;
}

/** Those of the engine in `folder`: two engines on one machine must not end each other's containers. */
export function groupsOf(folder: string): Groups {
  const id = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return { engine: `azimuth-${id}-engine`, containers: `azimuth-${id}-containers` };
}

/** Weight of one group that nobody has set, and the most that the kernel takes. */
const WEIGHT = {
  1: { file: 'cpu.shares', each: 1024, max: 262_144 },
  2: { file: 'cpu.weight', each: 100, max: 10_000 },
} as const;

const END_ATTEMPTS = 20;
const END_POLL_MS = 100;

export interface Hierarchy {
  version: 1 | 2;
  /** Where it is mounted. */
  root: string;
}

/** The hierarchies that a text like /proc/mounts names, and what each is for where the mount says so. */
function hierarchies(mounts: string): (Hierarchy & { controllers: readonly string[] })[] {
  return mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, root = '', type, options = '']) => ({ version: type === 'cgroup' ? 1 : 2, root, controllers: options.split(',') }));
}

/** The one that shares out processors: version 1 where it has that controller, which version 2 then has not. */
export function processorHierarchy(mounts: string): Hierarchy | null {
  const all = hierarchies(mounts);
  const found = all.find(({ version, controllers }) => version === 1 && controllers.includes('cpu')) ?? all.find(({ version }) => version === 2);
  return found === undefined ? null : { version: found.version, root: found.root };
}

/** Weight of a group that holds so many containers, as if each were a group beside it. */
export function weightOf(containers: number, version: 1 | 2): number {
  return Math.min(WEIGHT[version].max, WEIGHT[version].each * Math.max(1, Math.round(containers)));
}

/** Makes both groups. Null when it went well, else a sentence: the engine then runs, with less of the processors. */
export function shareProcessors(groups: Groups, containers: number, enginePid: number, mounts = readMounts()): string | null {
  const found = processorHierarchy(mounts);
  try {
    if (found === null) throw new Error('the kernel has no cgroups mounted');
    const { version, root } = found;
    if (version === 2) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
    for (const group of [groups.containers, groups.engine]) mkdirSync(join(root, group), { recursive: true });
    writeFileSync(join(root, groups.containers, WEIGHT[version].file), String(weightOf(containers, version)));
    writeFileSync(join(root, groups.engine, 'cgroup.procs'), String(enginePid));
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `All containers together get no more of the processors than one other program beside them, because the kernel refuses them a share (${reason}).`;
  }
}

/** Ends what is left in the groups (an engine that was killed leaves its containers running) and takes them away. */
export async function endGroups({ engine, containers }: Groups, mounts = readMounts()): Promise<void> {
  const groups = hierarchies(mounts).flatMap(({ root }) => [containers, engine].map((name) => join(root, name))).filter((path) => existsSync(path));
  for (let attempt = 0; attempt < END_ATTEMPTS && groups.some((path) => existsSync(path)); attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
    for (const path of groups) endGroup(path);
  }
}

function endGroup(path: string): void {
  try {
    for (const pid of readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter((one) => one !== '')) process.kill(Number(pid), 'SIGKILL');
    for (const below of readdirSync(path, { withFileTypes: true })) if (below.isDirectory()) endGroup(join(path, below.name));
    rmdirSync(path);
  } catch {
    // Something of it is still ending: the next round sees.
  }
}

function readMounts(): string {
  return readFileSync('/proc/mounts', 'utf8');
}
