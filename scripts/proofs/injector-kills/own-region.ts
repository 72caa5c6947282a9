/** A region of processes of one's own, by the command that people type, whose first process is killed and started again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault, ResidueAnswer } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { beginRun, lookAtRun } from '#chaos/client/controller-run.ts';
import { lookAtHeld } from '#chaos/experiments/region-api.ts';
import { pause } from '#chaos/injector/pause.ts';
import { apiClient } from '#kit/command-line.ts';
import { startRegionProcess, type RegionProcess } from '../../region-process.ts';
import type { Moment } from '../moments.ts';
import { processesOf } from './processes-of.ts';
import type { KillableRegion, Start, UnderWay } from './one-kill.ts';

const LOOK_EVERY_MS = 20;
const ANSWER_MS_MAX = 20_000;

export interface OwnRegionOptions {
  name: string;
  ratePerSecond: number;
  seed: number;
}

export class OwnRegion implements KillableRegion {
  readonly #options: OwnRegionOptions;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #process: RegionProcess | null = null;

  constructor(options: OwnRegionOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'azimuth-injector-kills-'));
    this.#environment = { ...process.env, AZIMUTH_STATE_DIR: this.#folder, AZIMUTH_REGION: options.name, AZIMUTH_API: '' };
    process.once('exit', this.#end);
  }

  async start(): Promise<Start> {
    const beganMs = performance.now();
    try {
      // A Ctrl-C in the terminal is for whoever kills, which stops it in order.
      this.#process = await startRegionProcess({ environment: this.#environment, ratePerSecond: this.#options.ratePerSecond, detached: true });
    } catch (error) {
      return { upMs: null, told: (error as Error).message, unclean: ['it did not come up'] };
    }
    const upMs = Math.round(performance.now() - beganMs);
    const told = this.#process.said().split('\n').find((line) => line.includes('last ended'))?.trim() ?? null;
    return { upMs, told, unclean: await this.#unclean(this.#process.running).catch((error: Error) => [error.message]) };
  }

  async begin({ document, az }: Moment): Promise<string> {
    const { ratePerSecond, seed } = this.#options;
    return (await beginRun(this.#up(), { document, azs: [az], ratePerSecond, seed })).id;
  }

  async look(run: string): Promise<UnderWay> {
    const running = this.#up();
    const [{ now, end }, { faults }] = await Promise.all([lookAtRun(running, run), lookAtHeld(running)]);
    return { phase: now?.phase ?? null, held: faults.map(({ verb, target }) => `${verb} ${target}`), end: end === null ? null : (end.trouble?.message ?? `it ended ${end.outcome}`) };
  }

  async kill(giveUpMs: number): Promise<{ goneMs: number | null; left: string[] }> {
    const killedMs = performance.now();
    this.#process?.kill();
    for (;;) {
      const left = processesOf(this.#folder);
      const afterMs = Math.round(performance.now() - killedMs);
      if (left.length === 0) return { goneMs: afterMs, left: [] };
      if (afterMs >= giveUpMs) {
        // So that it counts once: the next start is to find nothing of it.
        this.#end();
        const waitedMs = performance.now();
        while (processesOf(this.#folder).length > 0 && performance.now() < waitedMs + giveUpMs) await pause(LOOK_EVERY_MS);
        return { goneMs: null, left: left.map(({ name }) => name) };
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  /** In order, as by Ctrl-C; nothing of it is left. */
  async close(): Promise<void> {
    await this.#process?.stop();
    process.off('exit', this.#end);
    this.#end();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #unclean(running: RunningRegion): Promise<string[]> {
    const api = apiClient(running, ANSWER_MS_MAX);
    const [{ components, faults }, { residue }] = await Promise.all([api.get<RegionStatus>('/v1/status'), api.get<ResidueAnswer>('/v1/residue')]);
    return [
      ...components.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`),
      ...faults.map(({ verb, target }: Fault) => `${verb} ${target} is held`),
      ...residue.map(({ name, reason }) => `${name} ${reason}`),
    ];
  }

  #up(): RunningRegion {
    if (this.#process === null) throw new Error('The region is not up.');
    return this.#process.running;
  }

  readonly #end = (): void => {
    for (const { pid } of processesOf(this.#folder)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
  };
}
