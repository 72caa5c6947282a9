/** A region of processes, by the command that people type, in a process of its own: its death takes the fleet with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RunningRegion } from '#contracts/running.ts';
import { pause } from '#chaos/injector/pause.ts';
import { ROOT } from './tool.ts';

const KILL_AFTER_MS = 15_000;
const SAID_LENGTH = 2000;

export interface RegionProcess {
  running: RunningRegion;
  /** The end of what it told a person. */
  said(): string;
  /** SIGKILL, as a crash would be. */
  kill(): void;
  /** In order, as by Ctrl-C, and by force when that takes too long; nothing where it has ended. */
  stop(): Promise<void>;
}

export interface RegionProcessOptions {
  /** With the name of the region and its folder. */
  environment: NodeJS.ProcessEnv;
  ratePerSecond: number;
  /** In a session of its own Ctrl-C in the terminal does not reach it: whoever started it stops it. */
  detached: boolean;
}

/** @throws Error with what it said when it does not come up */
export async function startRegionProcess({ environment, ratePerSecond, detached }: RegionProcessOptions): Promise<RegionProcess> {
  const parent = spawn(process.execPath, [join(ROOT, 'scripts/azimuth.ts'), 'up', '--json', '--rate', String(ratePerSecond)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached });
  let said = '';
  parent.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-SAID_LENGTH)));
  const kill = (): void => void parent.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new AbortController();
  void once(parent, 'exit').then(() => {
    process.off('exit', kill);
    ended.abort();
  });
  const running = await new Promise<RunningRegion>((resolve, reject) => {
    parent.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as RunningRegion));
    ended.signal.addEventListener('abort', () => reject(new Error(`The region did not come up:\n${said.trim()}`)));
  });
  const stop = async (): Promise<void> => {
    parent.kill('SIGTERM');
    await pause(KILL_AFTER_MS, ended.signal);
    if (ended.signal.aborted) return;
    kill();
    await once(ended.signal, 'abort');
  };
  return { running, said: () => said, kill, stop };
}
