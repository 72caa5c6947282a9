/** The controller as a program, in a region of processes: its death in the middle of a run must leave nothing broken. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPERIMENT_LEASE_MS, type ResidueAnswer } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { Region } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { Run } from '#contracts/runs.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
const PROGRAM = join(CHECKOUT, 'scripts/azimuth.ts');
const REGION = `controller-${process.pid}`;
const HEAL_MS_MAX = 10_000;

let folder: string;
let env: NodeJS.ProcessEnv;
let parent: ChildProcess;
let running: RunningRegion;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-controller-'));
  env = { ...process.env, AZIMUTH_STATE_DIR: folder, AZIMUTH_REGION: REGION };
  parent = spawn(process.execPath, [PROGRAM, 'up', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running = await new Promise<RunningRegion>((resolve, reject) => {
    parent.stdout?.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as RunningRegion));
    parent.once('exit', (code) => reject(new Error(`the region did not come up: ${code}`)));
  });
});
afterAll(async () => {
  parent.kill('SIGTERM');
  await Promise.race([new Promise((resolve) => parent.once('exit', resolve)), sleep(15_000)]);
  parent.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function ask<T>(path: string): Promise<T> {
  return (await fetch(`${running.api}${path}`, { signal: AbortSignal.timeout(5_000) })).json() as Promise<T>;
}
async function until<T>(limitMs: number, look: () => Promise<T | null>): Promise<T> {
  const giveUpMs = performance.now() + limitMs;
  for (;;) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
    if (performance.now() > giveUpMs) throw new Error(`it did not come to hold within ${limitMs} ms`);
    await sleep(100);
  }
}
const controllerPid = async (): Promise<number | null> => (await ask<RegionStatus>('/v1/status')).components.find(({ name }) => name === 'controller')?.pid ?? null;
const whole = async (): Promise<true | null> => {
  const [{ residue }, { faults }] = await Promise.all([ask<ResidueAnswer>('/v1/residue'), ask<RegionStatus>('/v1/status')]);
  return residue.length === 0 && faults.length === 0 ? true : null;
};

describe('a second controller of a region', () => {
  it('finds its port taken, ends with one message, and leaves the runs of the first alone', async () => {
    const { endpoints } = await ask<Region>('/v1/region');
    const { program, environment } = endpoints.find(({ role }) => role === 'controller') ?? { program: null, environment: {} };
    const own = join(folder, REGION, 'controller');
    const before = [statSync(join(own, 'runs.jsonl')).ino, readFileSync(join(own, 'runs.jsonl'), 'utf8')];
    const second = spawnSync(process.execPath, [join(CHECKOUT, program ?? '')], {
      env: { ...env, ...environment, AZIMUTH_REGION_FILE: join(folder, REGION, 'region.json'), AZIMUTH_INSTANCE: 'controller', CONTROLLER_FOLDER: own }, encoding: 'utf8', timeout: 20_000,
    });
    expect([second.status, second.stderr]).toEqual([2, expect.stringMatching(/^port taken: .*\n$/)]);
    expect([statSync(join(own, 'runs.jsonl')).ino, readFileSync(join(own, 'runs.jsonl'), 'utf8')]).toEqual(before);
  });
});

/** The path of an experiment that takes no longer than it must: it is about the controller, not about customers. */
function experiment(id: string, fault: string, holdS: number): string {
  const path = join(folder, `${id}.yaml`);
  writeFileSync(path, `apiVersion: azimuth/v1
kind: Experiment
id: ${id}
title: Something is killed
hypothesis: { text: Nobody notices., window: 2s }
matrix: { az: [az1] }
load: { rate: rest }
phases:
  - { name: warm, hold: 1s }
  - { name: baseline, hold: 5s }
  - { name: fault, hold: ${holdS}s, do: [{ kill: ${fault} }] }
  - { name: recovery, hold: 3s, do: [heal] }
`);
  return path;
}

describe('a controller that is killed', () => {
  it('in the middle of a run comes back, what the run broke heals with its lease, the run is an error, and the next one works', async () => {
    const asked = spawnSync(process.execPath, [PROGRAM, 'run', experiment('az-dies', 'az1', 60), '--detach', '--json'], { env, encoding: 'utf8', timeout: 60_000 });
    expect(asked.status, asked.stderr).toBe(0);
    const { run: id } = JSON.parse(asked.stdout) as { run: string };
    await until(90_000, async () => ((await ask<RegionStatus>('/v1/status')).faults.length > 0 ? true : null));
    const pid = (await controllerPid()) ?? 0;
    process.kill(pid, 'SIGKILL');
    const killedMs = performance.now();

    const next = await until(10_000, controllerPid);
    expect(next).not.toBe(pid);
    expect((await ask<Run>(`/v1/runs/${id}`)).end).toMatchObject({ outcome: 'ERROR', trouble: { message: 'The controller ended while it ran.' } });
    await until(EXPERIMENT_LEASE_MS + HEAL_MS_MAX, whole);
    expect(performance.now() - killedMs).toBeLessThan(EXPERIMENT_LEASE_MS + HEAL_MS_MAX);

    const again = spawnSync(process.execPath, [PROGRAM, 'run', experiment('replica-dies', 'az1-kitchen-a', 6), '--json'], { env, encoding: 'utf8', timeout: 150_000 });
    expect([0, 1, 3]).toContain(again.status);
    expect(JSON.parse(again.stdout)).toMatchObject({ experiment: 'replica-dies', runs: [{ az: 'az1' }] });
    expect(await until(15_000, whole)).toBe(true);
  });

  it('again and again, at rest, comes back each time', async () => {
    for (let count = 0; count < 3; count += 1) {
      const pid = await until(15_000, controllerPid);
      process.kill(pid, 'SIGKILL');
      expect(await until(15_000, async () => ((await controllerPid()) === pid ? null : controllerPid()))).not.toBe(pid);
    }
  });
});
