/** CPU time of a process and its children by the kernel's scheduler, in milliseconds. Linux only: elsewhere NaN. */
import { readdirSync, readFileSync } from 'node:fs';

export function cpuMs(pid: number): number {
  try {
    let ns = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter((child) => child !== '');
      for (const child of children) ns += cpuMs(Number(child)) * 1e6;
    }
    return ns / 1e6;
  } catch {
    return Number.NaN;
  }
}
