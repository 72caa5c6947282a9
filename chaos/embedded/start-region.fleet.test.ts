import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, HealAnswer } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { RunningRegion } from '#contracts/running.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
const PROGRAM = join(CHECKOUT, 'scripts/azimuth.ts');
const REGION = `test-${process.pid}`;

let folder: string;
let env: NodeJS.ProcessEnv;
const parents: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-up-'));
  env = { ...process.env, AZIMUTH_STATE_DIR: folder, AZIMUTH_REGION: REGION };
});
afterAll(async () => {
  for (const parent of parents) parent.kill('SIGKILL');
  await sleep(500);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Up {
  parent: ChildProcess;
  running: RunningRegion;
  ended: Promise<number | null>;
  /** What it told a person so far. */
  said: () => string;
}

async function up(): Promise<Up> {
  const parent = spawn(process.execPath, [PROGRAM, 'up', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  parents.push(parent);
  let said = '';
  parent.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => parent.once('exit', (code) => resolve(code)));
  const running = await new Promise<RunningRegion>((resolve, reject) => {
    parent.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as RunningRegion));
    void ended.then(() => reject(new Error(`the region did not come up:\n${said}`)));
  });
  return { parent, running, ended, said: () => said };
}

function azimuth(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { env, encoding: 'utf8', timeout: 60_000 });
  return { code: status, out: stdout, err: stderr };
}

async function statusOf(running: RunningRegion): Promise<RegionStatus> {
  return (await fetch(`${running.api}/v1/status`)).json() as Promise<RegionStatus>;
}

/** Neither running nor stopped; a zombie that nobody has reaped yet is dead. */
function aliveOf(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
    return state !== '' && !state.startsWith('Z');
  });
}

function childrenOf(parent: number): number[] {
  const lines = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).stdout.trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).flatMap(([ppid, pid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

const pidsOf = (status: RegionStatus): number[] => status.components.map(({ pid }) => pid ?? 0).filter((pid) => pid !== 0);

describe('a region in a terminal', () => {
  it('comes up with customers, loses an AZ, gets it back, and leaves nothing when it is told to stop', async () => {
    const { parent, running, ended } = await up();
    const before = await statusOf(running);
    expect(before.components.map(({ state }) => state)).toEqual(before.components.map(() => 'running'));
    expect(before.components.length).toBe(21);
    expect(before.customers?.ratePerSecond).toBe(30);

    const second = azimuth('up');
    expect(second.code).toBe(2);
    expect(second.err).toContain(`Region "${REGION}" is running already (process ${parent.pid})`);
    expect(second.err).toContain('./azimuth down');

    const killed = azimuth('kill', 'az1', '--watch', '3s', '--json');
    expect(killed.code, killed.err).toBe(0);
    const { fault, customers } = JSON.parse(killed.out) as { fault: Fault; customers: RegionStatus['customers'] };
    expect(fault.members).toHaveLength(6);
    expect(customers?.orders.offered).toBeGreaterThan(0);
    expect((await statusOf(running)).components.filter(({ state }) => state === 'dead').map(({ az }) => az)).toEqual(['az1', 'az1', 'az1', 'az1', 'az1', 'az1']);

    const healed = azimuth('heal', '--watch', '0', '--json');
    expect(healed.code, healed.err).toBe(0);
    expect((JSON.parse(healed.out) as { heal: HealAnswer }).heal).toMatchObject({ remains: [], healed: fault.members });

    const pids = pidsOf(await statusOf(running));
    expect(aliveOf(pids)).toHaveLength(21);
    expect(azimuth('down').code).toBe(0);
    expect(await ended).toBe(0);
    expect(aliveOf(pids)).toEqual([]);
    expect(readdirSync(join(folder, REGION)).sort()).toEqual(['controller', 'journal.jsonl', 'logs', 'region.json', 'targets.json']);
    expect(azimuth('status').code).toBe(5);
  });

  it('leaves no orphan when its parent is killed without a word, frozen programs included, and starts anew from its journal', async () => {
    const { parent, running } = await up();
    expect(azimuth('freeze', 'az2', '--watch', '0').code).toBe(0);
    const pids = pidsOf(await statusOf(running));
    expect(aliveOf(pids)).toHaveLength(21);
    parent.kill('SIGKILL');
    await sleep(1000);
    expect(aliveOf(pids)).toEqual([]);
    expect(azimuth('down').out).toContain('No region is running.');

    const again = await up();
    expect(again.said()).toContain('When this region last ended, freeze az2 had not healed; nothing of that is left.');
    expect(pidsOf(await statusOf(again.running))).toHaveLength(21);
    const killed = azimuth('kill', 'az1-kitchen-a', '--watch', '0', '--json');
    expect((JSON.parse(killed.out) as { fault: Fault }).fault.id).toBe('f3');
    expect(azimuth('down').code).toBe(0);
  });

  it('stops what it has started when it is interrupted while it starts', async () => {
    const parent = spawn(process.execPath, [PROGRAM, 'up'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    parents.push(parent);
    const ended = new Promise<number | null>((resolve) => parent.once('exit', (code) => resolve(code)));
    let said = '';
    let children: number[] = [];
    for await (const chunk of parent.stderr) {
      said += String(chunk);
      if (children.length > 0 || !said.includes('3/21')) continue;
      children = childrenOf(parent.pid ?? 0);
      parent.kill('SIGINT');
    }
    expect(await ended).toBe(4);
    expect(said).toContain('everything is stopped');
    expect(children.length).toBeGreaterThanOrEqual(3);
    expect(aliveOf(children)).toEqual([]);
  });
});
