/**
 * Runs a tool of the development dependencies under this very Node: what lies in `node_modules/.bin` would
 * pick the first "node" of the PATH, which may be too old.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export interface ToolRun {
  exitCode: number;
  /** Both streams as they came; empty when they were inherited. */
  output: string;
  tookMs: number;
}

/** Path of the program that package `name` installs as `bin`. */
function toolPath(name: string, bin: string): string {
  const folder = join(ROOT, 'node_modules', name);
  let manifest: string;
  try {
    manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch {
    throw new CommandFailure(`${name} is missing from node_modules.`, EXIT.NOT_READY, 'Remove the folder node_modules and run this again: it is then installed anew.');
  }
  const { bin: declared } = JSON.parse(manifest) as { bin: string | Record<string, string> };
  const path = typeof declared === 'string' ? declared : declared[bin];
  if (path === undefined) throw new Error(`the package ${name} installs no "${bin}"`);
  return join(folder, path);
}

/** Runs the program that package `name` installs as `bin`; see {@link runScript}. */
export function runTool(name: string, bin: string, args: readonly string[], output: 'inherit' | 'collect'): Promise<ToolRun> {
  return runScript(toolPath(name, bin), args, output);
}

/** Runs to the end; the terminal's Ctrl-C is the script's to handle. Killed by a signal counts as 128 + its number. */
export function runScript(path: string, args: readonly string[], output: 'inherit' | 'collect'): Promise<ToolRun> {
  const began = performance.now();
  const child = spawn(process.execPath, [path, ...args], {
    cwd: ROOT,
    stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let collected = '';
  const collect = (chunk: Buffer): void => {
    collected += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const pass = (): void => void child.kill('SIGTERM');
  // Ctrl-C reaches the whole group by itself; passing it on would be a second one.
  const wait = (): void => undefined;
  process.on('SIGTERM', pass);
  process.on('SIGINT', wait);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', pass);
      process.off('SIGINT', wait);
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output: collected, tookMs: performance.now() - began });
    });
  });
}
