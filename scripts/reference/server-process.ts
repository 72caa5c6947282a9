/**
 * A Toxiproxy-compatible server as a process of its own: the real one or ours, which take the same flags.
 * Guards against a measurement or comparison that talks to a server of somebody else (the port is asked for
 * anew when it was taken meanwhile), and against servers left running after the one who started them.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '#kit/free-port.ts';
import { ROOT } from '../tool.ts';

const READY_MS_MAX = 20_000;
const KILL_AFTER_MS = 3_000;
const ATTEMPTS = 3;

/** How ours is started: the program itself, with the flags of the real one. */
export const OURS: readonly string[] = [process.execPath, join(ROOT, 'scripts/azimuth.ts'), 'toxiproxy'];

export interface ServerProcess {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first answer. */
  readonly startMs: number;
  /** False once it has died or was closed. */
  isUp(): boolean;
  /** What it last said; for messages. */
  complaint(): string;
  close(): Promise<void>;
}

/** Starts `command` with `-host`, `-port` and `flags`. Throws when it does not serve. */
export async function startServer(command: readonly string[], flags: readonly string[] = []): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(command, flags, await freePort());
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(command: readonly string[], flags: readonly string[], port: number): Promise<ServerProcess> {
  const host = '127.0.0.1';
  const [program = '', ...before] = command;
  const beganMs = performance.now();
  const child = spawn(program, [...before, '-host', host, '-port', String(port), ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const collect = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let failure: Error | null = null;
  child.on('error', (error) => (failure = error));
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const isUp = (): boolean => failure === null && child.exitCode === null && child.signalCode === null;
  const close = async (): Promise<void> => {
    process.off('exit', killed);
    if (isUp()) await end(child);
  };
  try {
    while (!(await answers(host, port))) {
      if (!isUp()) throw new Error(`${program} ended before it served: ${failure === null ? said.trim() : String(failure)}`);
      if (performance.now() - beganMs > READY_MS_MAX) throw new Error(`${program} does not serve after ${READY_MS_MAX / 1000} s: ${said.trim()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    // Somebody else may answer at that port, ours having failed to bind.
    if (!isUp()) throw new Error(`${program} ended: ${said.trim()}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { host, port, pid: child.pid as number, startMs: performance.now() - beganMs, isUp, complaint: () => said.trim(), close };
}

function answers(host: string, port: number): Promise<boolean> {
  return fetch(`http://${host}:${port}/version`, { signal: AbortSignal.timeout(1000) }).then((response) => response.ok, () => false);
}

/** By SIGTERM, and by force when that takes too long. */
async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await ended;
  clearTimeout(force);
}
