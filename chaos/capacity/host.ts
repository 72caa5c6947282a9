/** The machine that a region runs on, as far as figures depend on it: which processors, and how busy they are. */
import { availableParallelism, cpus } from 'node:os';

/** Processor time since boot over all processors, in any unit: only differences count. What runs at a lower priority (`nice`) is not busy: it yields. */
export function cpuTimes(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle - times.nice;
  }
  return { busy, total };
}

/** Names the processors. */
export function cpuModel(): string {
  return `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}`;
}
