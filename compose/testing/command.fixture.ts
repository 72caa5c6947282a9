/**
 * Runs one command to its end, with a limit on its time. Guards against the test that hangs on an engine that hangs:
 * what takes too long is killed with all that it started, and its output is in the error.
 */
import { spawn } from 'node:child_process';

export interface Outcome {
  /** Null for a command that was killed. */
  code: number | null;
  stdout: string;
  stderr: string;
  tookMs: number;
}

export interface CommandOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  limitMs: number;
  /** Who runs it; only root can choose. */
  uid?: number;
  /** Called with everything that was written so far; true sends SIGINT, as Ctrl-C would. */
  interruptWhen?: (output: string) => boolean;
}

/** @throws Error when it cannot be started or does not end in time */
export function run(words: readonly [string, ...string[]], options: CommandOptions): Promise<Outcome> {
  const { cwd, env, limitMs, uid, interruptWhen } = options;
  const [program, ...rest] = words;
  const startedMs = performance.now();
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...(uid === undefined ? {} : { uid, gid: uid }) });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    let isInterrupted = false;
    const limit = setTimeout(() => {
      signalGroup(child.pid, 'SIGKILL');
      reject(new Error(`"${words.join(' ')}" did not end within ${limitMs / 1000} s. It wrote:\n${lastLines(stdout + stderr)}`));
    }, limitMs);
    const onOutput = (): void => {
      if (isInterrupted || interruptWhen === undefined || !interruptWhen(stdout + stderr)) return;
      isInterrupted = true;
      signalGroup(child.pid, 'SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onOutput();
    });
    child.on('error', (error) => {
      clearTimeout(limit);
      reject(new Error(`"${words.join(' ')}" cannot be started: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr, tookMs: performance.now() - startedMs });
    });
  });
}

/** The outcome of a command that must end with 0. @throws Error with the end of what it wrote */
export async function succeed(words: readonly [string, ...string[]], options: CommandOptions): Promise<Outcome> {
  const outcome = await run(words, options);
  if (outcome.code === 0) return outcome;
  throw new Error(`"${words.join(' ').slice(0, 300)}" ended with ${outcome.code}:\n${lastLines(outcome.stdout + outcome.stderr)}`);
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-40).join('\n');
}
