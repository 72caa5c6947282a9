import { describe, expect, test } from 'vitest';
import { runProcess } from './process.ts';

const node = (script: string, timeoutMs: number | null = null): Parameters<typeof runProcess>[0] => ({ path: process.execPath, words: ['-e', script], timeoutMs });
const never = new AbortController().signal;

describe('a process', () => {
  test('gives its exit code and what it printed', async () => {
    expect(await runProcess(node('console.log("out"); console.error("err"); process.exitCode = 3'), never)).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  test('that is given a text has it read by the shell', async () => {
    expect(await runProcess({ path: 'echo', words: 'one | tr a-z A-Z', timeoutMs: null }, never)).toMatchObject({ status: 0, stdout: 'ONE\n' });
  });

  test('that takes too long is ended, and all that it started', async () => {
    const child = 'setInterval(() => {}, 1000)';
    const parent = `const { spawn } = require('node:child_process'); console.log(spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }).pid); ${child}`;
    // Resolves only when nobody holds its output any more: the child would.
    await expect(runProcess(node(parent, 400), never)).rejects.toThrow('it took longer than 0.4 s');
  });

  test('may take longer than a timer can wait', async () => {
    expect(await runProcess(node('setTimeout(() => console.log("done"), 300)', 1e10), never)).toMatchObject({ status: 0, stdout: 'done\n' });
  });

  test('ends with an interruption', async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 100);
    await expect(runProcess(node('setInterval(() => {}, 1000)'), interruption.signal)).rejects.toThrow('it was interrupted');
  });

  test('that is none is told by its name', async () => {
    await expect(runProcess({ path: './no-such-program', words: [], timeoutMs: null }, never)).rejects.toThrow(/^\.\/no-such-program cannot be started: /);
  });
});
