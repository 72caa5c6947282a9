/** An embedded region of its own name and folder with a real Prometheus that scrapes it, and nothing left of either afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegionStatus } from '#contracts/faults.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { apiClient, type ApiClient } from '#kit/command-line.ts';
import { ROOT } from '../tool.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { startPrometheus, type PrometheusServer } from './prometheus-server.ts';

const KILL_AFTER_MS = 15_000;
/** Healing an AZ starts its programs, which takes a busy machine its time. */
const ANSWER_MS_MAX = 90_000;

export interface WatchedRegion {
  running: RunningRegion;
  injector: ApiClient;
  prometheus: PrometheusApi;
  status(): Promise<RegionStatus>;
  /** In which the command line finds this region and no other. */
  environment: NodeJS.ProcessEnv;
  /** The region alone; Prometheus stays and sees it go. */
  stopRegion(): Promise<void>;
  close(): Promise<void>;
}

interface WatchedRegionOptions {
  /** Name of the region: not the one that people start. */
  name: string;
  ratePerSecond: number;
  prometheusProgram: string;
}

/** @throws Error when either does not come up; nothing is left running then */
export async function startWatchedRegion({ name, ratePerSecond, prometheusProgram }: WatchedRegionOptions): Promise<WatchedRegion> {
  const folder = mkdtempSync(join(tmpdir(), `azimuth-${name}-`));
  const environment = { ...process.env, AZIMUTH_STATE_DIR: folder, AZIMUTH_REGION: name, AZIMUTH_API: '' };
  let region: Awaited<ReturnType<typeof startEmbedded>> | null = null;
  let prometheus: PrometheusServer | null = null;
  const close = async (): Promise<void> => {
    await Promise.all([region?.stop(), prometheus?.close()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    region = await startEmbedded(ratePerSecond, environment);
    prometheus = await startPrometheus({ program: prometheusProgram, folder: join(folder, 'prometheus'), regionFolder: join(folder, name) });
    const { running, stop } = region;
    const injector = apiClient(running, ANSWER_MS_MAX);
    return { running, injector, prometheus: prometheus.api, environment, status: () => injector.get<RegionStatus>('/v1/status'), stopRegion: stop, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** By the command that people type, in a process of its own: its death takes the fleet with it. */
async function startEmbedded(ratePerSecond: number, environment: NodeJS.ProcessEnv): Promise<{ running: RunningRegion; stop: () => Promise<void> }> {
  const parent = spawn(process.execPath, [join(ROOT, 'scripts/azimuth.ts'), 'up', '--json', '--rate', String(ratePerSecond)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  parent.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const killed = (): void => void parent.kill('SIGKILL');
  process.once('exit', killed);
  const ended = once(parent, 'exit');
  const running = await new Promise<RunningRegion>((resolve, reject) => {
    parent.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as RunningRegion));
    void ended.then(() => reject(new Error(`The region did not come up:\n${said.trim()}`)));
  });
  const stop = async (): Promise<void> => {
    process.off('exit', killed);
    if (parent.exitCode !== null || parent.signalCode !== null) return;
    parent.kill('SIGTERM');
    const force = setTimeout(() => parent.kill('SIGKILL'), KILL_AFTER_MS);
    await ended;
    clearTimeout(force);
  };
  return { running, stop };
}
