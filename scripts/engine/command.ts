/**
 * Runs another program to its end for the scripts that prepare an engine. Guards against programs that outlive the
 * script that started them, and against failures that show a code and not the program's own words.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  input?: string;
  /** Killed after this; without it there is no limit. */
  limitMs?: number;
  /** Told each line of either stream as it comes. */
  onLine?: (line: string) => void;
}

export interface Ran {
  /** 127 when there is no such program, 128 + its number after a signal. */
  code: number;
  stdout: string;
  stderr: string;
}

const KEPT = 64_000;
const running = new Set<ChildProcess>();

process.once('exit', () => running.forEach((child) => signal(child, 'SIGKILL')));

/** Never throws: what went wrong is in the code and the text. */
export function run(words: readonly [string, ...string[]], options: CommandOptions = {}): Promise<Ran> {
  const [program, ...args] = words;
  const { env = process.env, cwd, input, limitMs, onLine } = options;
  // A group of its own: what is ended is ended with all that it started.
  const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'], ...(cwd === undefined ? {} : { cwd }) });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-KEPT)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT)));
  if (onLine !== undefined) for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  // A program that ends early closes its input under the one who writes.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const limit = limitMs === undefined ? undefined : setTimeout(() => signal(child, 'SIGKILL'), limitMs);
  return new Promise<Ran>((resolve) => {
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on('close', (code, killedBy) => resolve({ code: code ?? 128 + constants.signals[killedBy as NodeJS.Signals], stdout, stderr }));
  }).finally(() => {
    clearTimeout(limit);
    running.delete(child);
  });
}

/** Ends what {@link run} has running now; what is started later is not affected. */
export function endRunning(): void {
  for (const child of running) signal(child, 'SIGTERM');
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // It has just ended.
  }
}

/** Last lines of what a program said, for a sentence about its failure. */
export function lastWords({ stdout, stderr }: Ran, lines = 3, between = ' | '): string {
  const said = `${stdout.trim()}\n${stderr.trim()}`.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return said.slice(-lines).join(between) || 'it said nothing';
}
