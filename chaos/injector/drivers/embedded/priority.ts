/**
 * Takes a program back while it boots beside those who serve, and gives it their priority again: its first thread, which
 * serves, as soon as it is ready, the others, which compile its code, when that is done. On Linux a priority is a thread's, and a
 * thread begins with that of the one which made it: those that nobody gives it back collect their garbage behind everybody
 * else for good.
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

/** Of its first thread, to our own. One that has ended meanwhile is no failure. */
export function restoreFirstThread(pid: number): void {
  set(pid, getPriority());
}

/** Of all its threads, as {@link restoreFirstThread}. */
export function restorePriority(pid: number): void {
  setAll(pid, getPriority());
}

function setAll(pid: number, priority: number): boolean {
  return threadsOf(pid).filter((thread) => set(thread, priority)).length > 0;
}

/** False for one that ended in between, or where nobody here may. */
function set(thread: number, priority: number): boolean {
  try {
    setPriority(thread, priority);
    return true;
  } catch {
    return false;
  }
}

/** Where the platform does not tell, the process stands for them. */
function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
