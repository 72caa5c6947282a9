/**
 * What a process costs, by inspection. Linux tells from /proc: the proportional set size counts a page that
 * n processes share as 1/n, so that the sum over a fleet is what the machine really gave. Elsewhere
 * (macOS) `ps` tells the resident size, which overstates a fleet, and is therefore not reported as PSS.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** USER_HZ, which Linux fixes at 100 for every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessSample {
  /** One letter of proc(5): R, S, D, T (stopped), Z (zombie). */
  state: string;
  cpuSeconds: number;
}

/** Null where the process is gone or the platform has no /proc. */
export function sampleProcess(pid: number): ProcessSample | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Counted from behind the command name, which may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? { state: fields[0] ?? '', cpuSeconds: ticks / TICKS_PER_SECOND } : null;
  } catch {
    return null;
  }
}

/** Bytes; null where the process is gone or the platform does not tell. */
export async function proportionalSetSize(pid: number): Promise<number | null> {
  try {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kib = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}
