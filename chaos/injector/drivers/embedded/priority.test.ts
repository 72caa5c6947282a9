import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { describe, expect, test } from 'vitest';
import { lowerPriority, restoreFirstThread, restorePriority } from './priority.ts';

/** Of every thread, the 19th field of proc(5). */
function nicesOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

/** Only root may take a nice value back (or who has CAP_SYS_NICE). */
const mayRestore = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!mayRestore)('a program whose priority is given back (needs root on Linux)', () => {
  test('has it with all of its threads, also with those that it made meanwhile', async () => {
    const child = spawn(process.execPath, ['-e', "process.stdin.once('data', () => require('node:fs').stat('/', () => console.log('done')))"], { stdio: ['pipe', 'pipe', 'ignore'] });
    const pid = child.pid as number;
    const own = getPriority();
    try {
      await expect.poll(() => nicesOf(pid).length).toBeGreaterThan(1);
      expect(lowerPriority(pid)).toBe(true);
      const before = nicesOf(pid).length;
      // The pool that serves files is made with the first of them.
      const made = new Promise((resolve) => child.stdout.once('data', resolve));
      child.stdin.write('go');
      await made;
      const lowered = nicesOf(pid);
      expect(lowered.length).toBeGreaterThan(before);
      expect(new Set(lowered)).toEqual(new Set([Math.min(19, own + 10)]));
      restoreFirstThread(pid);
      expect(nicesOf(pid)).toEqual(lowered.map((nice, thread) => (thread === 0 ? own : nice)));
      restorePriority(pid);
      expect(new Set(nicesOf(pid))).toEqual(new Set([own]));
    } finally {
      child.kill('SIGKILL');
    }
  });
});

test('one that has ended is nobody to lower', () => {
  expect(lowerPriority(2 ** 22 + 1)).toBe(false);
});
