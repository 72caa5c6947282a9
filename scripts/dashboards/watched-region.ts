/** An embedded region of its own name and folder with a real Prometheus that scrapes it, and nothing left of either afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { apiClient, type ApiClient } from '#kit/command-line.ts';
import { startRegionProcess, type RegionProcess } from '../region-process.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { startPrometheus, type PrometheusServer } from './prometheus-server.ts';

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
  let region: RegionProcess | null = null;
  let prometheus: PrometheusServer | null = null;
  const close = async (): Promise<void> => {
    await Promise.all([region?.stop(), prometheus?.close()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    region = await startRegionProcess({ environment, ratePerSecond, detached: false });
    prometheus = await startPrometheus({ program: prometheusProgram, folder: join(folder, 'prometheus'), regionFolder: join(folder, name) });
    const { running, stop } = region;
    const injector = apiClient(running, ANSWER_MS_MAX);
    return { running, injector, prometheus: prometheus.api, environment, status: () => injector.get<RegionStatus>('/v1/status'), stopRegion: stop, close };
  } catch (error) {
    await close();
    throw error;
  }
}
