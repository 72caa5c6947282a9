/**
 * Takes a program back while it boots beside those who serve, and gives it their priority again. On Linux a priority is a
 * thread's, and a thread begins with that of the one which made it: a program whose first thread alone is given its
 * priority back would write its files and collect its garbage behind everybody else for good.
 */
import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Nice value beside our own. */
const GENTLE_NICE = 10;
const NICE_MAX = 19;

/** @returns whether it was */
export function lowerPriority(pid: number): boolean {
  return setAll(pid, Math.min(NICE_MAX, getPriority() + GENTLE_NICE));
}

/** To our own. One that has ended meanwhile is no failure. */
export function restorePriority(pid: number): void {
  setAll(pid, getPriority());
}

function setAll(pid: number, priority: number): boolean {
  let isSet = false;
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, priority);
      isSet = true;
    } catch {
      // It ended in between, or nobody here may.
    }
  }
  return isSet;
}

/** Where the platform does not tell, the process stands for them. */
function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
