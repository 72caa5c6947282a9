/**
 * The processes of a region, by what every one of them was told at its start: the folder of its state. Whoever was started
 * by whom, and whether it is frozen or lost its parent, plays no part. Linux only.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

export interface FoundProcess {
  pid: number;
  /** Of its instance, or else of its program. */
  name: string;
}

/** @param folder as its programs were told it. @returns those that run or are stopped; one that is dead and not reaped is dead */
export function processesOf(folder: string): FoundProcess[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      if (!environment.some((line) => line.includes(folder))) return [];
      if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))) return [];
      const instance = environment.find((line) => line.startsWith('AZIMUTH_INSTANCE='))?.slice('AZIMUTH_INSTANCE='.length);
      return [{ pid: Number(pid), name: instance ?? basename(readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0] ?? '') }];
    } catch {
      // It ended meanwhile, or is another user's.
      return [];
    }
  });
}
