/**
 * Whether this machine can carry a region: Node, processors, memory and disk. Limits of a container count,
 * not what its host has: a region that is killed half-way for memory looks like a fault of its own.
 * Linux: proc_meminfo(5), and cgroup v2 `memory.max`, `memory.current`, `cpu.max`.
 */
import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { dirname } from 'node:path';
import { note, ok, problem, type Finding } from './finding.ts';

const MIB = 1024 * 1024;
const NODE_MAJOR_MIN = 24;
/** The fleet at peak stays below 1.5 GiB. */
const MEMORY_BYTES_MIN = 1536 * MIB;
/** Reports, logs and the customers' records of many runs. */
const DISK_BYTES_MIN = 512 * MIB;
const CORES_MIN = 2;

/** Reads a text file of the system; null where it is not there. */
export type ReadText = (path: string) => string | null;

const readSystemFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

export function examineNode(version: string, path: string): Finding {
  const found = `${version} (${path})`;
  if (Number.parseInt(version, 10) >= NODE_MAJOR_MIN) return ok('node', found);
  return problem('node', found, `Run "./azimuth doctor" rather than this file: it continues on Node ${NODE_MAJOR_MIN}.`);
}

/** @param cores what the operating system offers; a CPU quota of the container lowers it */
export function examineCores(read: ReadText = readSystemFile, cores = availableParallelism()): Finding {
  const [quota, period] = (read('/sys/fs/cgroup/cpu.max') ?? 'max 100000').trim().split(' ').map(Number);
  const limited = quota !== undefined && period !== undefined && Number.isFinite(quota / period);
  const usable = limited ? Math.min(cores, quota / period) : cores;
  const found = `${Number(usable.toFixed(1))}${limited && usable < cores ? ` of ${cores} (limited by the container)` : ''}`;
  if (usable >= CORES_MIN) return ok('cores', found);
  return problem('cores', found, `A region at peak needs ${CORES_MIN} cores. Give the machine more; on this one use a lower --rate, and expect INCONCLUSIVE.`);
}

export function examineMemory(read: ReadText = readSystemFile, free = freemem()): Finding {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo') ?? '');
  const host = available === null ? free : Number(available[1]) * 1024;
  const max = Number(read('/sys/fs/cgroup/memory.max') ?? 'max');
  const current = Number(read('/sys/fs/cgroup/memory.current') ?? Number.NaN);
  const bytes = Number.isFinite(max - current) ? Math.min(host, max - current) : host;
  const found = `${Math.round(bytes / MIB)} MiB available`;
  if (bytes >= MEMORY_BYTES_MIN) return ok('memory', found);
  const remedy = `A region at peak takes up to ${MEMORY_BYTES_MIN / MIB} MiB. Close something, or give the machine more.`;
  // Outside Linux "free" leaves out what the system would give back at once.
  return available === null ? note('memory', found, remedy) : problem('memory', found, remedy);
}

/** @param folder the state folder, which need not exist yet */
export function examineDisk(folder: string): Finding {
  const existing = nearestExisting(folder);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return problem('disk', `${existing} cannot be written`, 'Give yourself the right to it, or set AZIMUTH_STATE_DIR to a folder of yours.');
  }
  const { bavail, bsize } = statfsSync(existing);
  const found = `${Math.round((bavail * bsize) / MIB)} MiB free at ${folder}`;
  if (bavail * bsize >= DISK_BYTES_MIN) return ok('disk', found);
  return problem('disk', found, `Runs keep their records there; make ${DISK_BYTES_MIN / MIB} MiB free, or set AZIMUTH_STATE_DIR to another disk.`);
}

function nearestExisting(folder: string): string {
  try {
    statfsSync(folder);
    return folder;
  } catch (error) {
    const above = dirname(folder);
    if (above === folder) throw error;
    return nearestExisting(above);
  }
}
