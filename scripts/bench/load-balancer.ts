/**
 * The load balancer alone beside HAProxy and nginx: the same three targets, the same load, one after the
 * other in rounds, because a machine's speed changes by the minute. Quoted are medians over the rounds and
 * ratios; bars: added p50 ≤ 1 ms, added p99 ≤ 2 × HAProxy's, CPU per request ≤ 2.5 × HAProxy's.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { printJson, printResult, progress } from '#kit/command-line.ts';
import { freePort } from '#kit/free-port.ts';
import { generate } from './load-balancer/generator.ts';
import { preparePeer, SERVER_PATH, type Peer, type PeerName } from './load-balancer/peers.ts';
import { cpuMs } from './load-balancer/process-cpu.ts';
import { summariseProfile, type ProfileSummary } from './load-balancer/profile.ts';
import { positive } from './measuring/positive.ts';

const PEERS: readonly PeerName[] = ['azimuth', 'haproxy', 'nginx'];
/** A JIT-compiled balancer is slow in its first seconds; every arm is warmed once, and all stay up for all rounds. */
const WARM_S = 12;
const SETTLE_S = 1;

interface Arm {
  name: PeerName | 'direct';
  version: string;
  p50Ms: number[];
  p99Ms: number[];
  cpuUsPerRequest: number[];
  failed: number;
}

/** Where an arm listens, and which process is charged. */
interface Placed {
  origin: string;
  pid: number | null;
}

interface Report {
  ratePerSecond: number;
  rounds: number;
  seconds: number;
  cpu: string;
  arms: { name: string; version: string; addedP50Ms: number; addedP99Ms: number; cpuUsPerRequest: number; failed: number }[];
  ratioToHaproxy: { addedP99: number; cpuPerRequest: number } | null;
  missing: string[];
  profile: ProfileSummary | null;
}

new Command('load-balancer')
  .description('added latency and CPU per request, beside HAProxy and nginx in the same run')
  .option('--rate <number>', 'requests per second', positive, 1000)
  .option('--rounds <number>', 'rounds; medians are quoted', positive, 5)
  .option('--seconds <number>', 'length of one measurement', positive, 8)
  .option('--no-profile', 'leave out the profile that says where our CPU goes')
  .option('--json', 'print the result as one JSON document')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.PASS : EXIT.USAGE))
  .action(async ({ rate, rounds, seconds, profile, json }: { rate: number; rounds: number; seconds: number; profile: boolean; json?: boolean }) => {
    const report = await run(rate, rounds, seconds, profile);
    if (json === true) printJson(report);
    else print(report);
  })
  .parse();

async function run(rate: number, rounds: number, seconds: number, withProfile: boolean): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-bench-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(stopPeer));
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  try {
    const targetPorts: number[] = [];
    for (let i = 0; i < 3; i++) targetPorts.push(await startTarget(children));
    const missing: string[] = [];
    const arms: Arm[] = [newArm('direct', '')];
    const placed = new Map<Arm['name'], Placed>([['direct', { origin: `http://127.0.0.1:${targetPorts[0]}`, pid: null }]]);
    for (const name of PEERS) {
      const port = await freePort();
      const peer = preparePeer(name, folder, port, targetPorts, null);
      if ('missing' in peer) {
        missing.push(peer.missing);
        continue;
      }
      const child = await startPeer(peer, port);
      children.push(child);
      placed.set(name, { origin: `http://127.0.0.1:${port}`, pid: child.pid as number });
      arms.push(newArm(name, peer.version));
    }
    for (const arm of arms) {
      progress(`warming up: ${arm.name}`);
      await generate((placed.get(arm.name) as Placed).origin, rate, WARM_S);
    }
    for (let round = 0; round < rounds; round++) {
      // Another order each round, so that no arm always runs after the same neighbour.
      const order = arms.map((_, i) => arms[(i + round) % arms.length] as Arm);
      for (const arm of order) {
        progress(`round ${round + 1} of ${rounds}: ${arm.name}`);
        await measure(arm, placed.get(arm.name) as Placed, rate, seconds);
      }
    }
    const profile = withProfile ? await takeProfile(folder, targetPorts, rate, seconds) : null;
    return summarise(arms, { rate, rounds, seconds, missing, profile });
  } finally {
    await stop();
  }
}

function newArm(name: Arm['name'], version: string): Arm {
  return { name, version, p50Ms: [], p99Ms: [], cpuUsPerRequest: [], failed: 0 };
}

async function measure(arm: Arm, { origin, pid }: Placed, rate: number, seconds: number): Promise<void> {
  await generate(origin, rate, SETTLE_S);
  const beforeMs = pid === null ? 0 : cpuMs(pid);
  const figures = await generate(origin, rate, seconds);
  if (pid !== null) arm.cpuUsPerRequest.push(((cpuMs(pid) - beforeMs) * 1000) / figures.requests);
  arm.p50Ms.push(figures.p50Ms);
  arm.p99Ms.push(figures.p99Ms);
  arm.failed += figures.failed;
}

async function takeProfile(folder: string, targetPorts: number[], rate: number, seconds: number): Promise<ProfileSummary> {
  progress('profile of ours');
  const port = await freePort();
  const peer = preparePeer('azimuth', folder, port, targetPorts, folder) as Peer;
  const child = await startPeer(peer, port);
  await generate(`http://127.0.0.1:${port}`, rate, WARM_S + seconds);
  await stopPeer(child);
  return summariseProfile(folder);
}

async function startTarget(children: ChildProcess[]): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load-balancer/target.ts')], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  children.push(child);
  return Number(await once(child.stdout as Readable, 'data'));
}

async function startPeer(peer: Peer, port: number): Promise<ChildProcess> {
  const child = spawn(peer.command, peer.args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: SERVER_PATH } });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`${peer.name} ended before it served: ${complaint.trim()}`);
    if (await fetch(`http://127.0.0.1:${port}/menu`).then((response) => response.ok, () => false)) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${peer.name} does not serve after 10 s: ${complaint.trim()}`);
}

/** By SIGTERM: a killed nginx leaves its worker behind. */
async function stopPeer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function summarise(arms: Arm[], run: { rate: number; rounds: number; seconds: number; missing: string[]; profile: ProfileSummary | null }): Report {
  const direct = arms[0] as Arm;
  const rows = arms.slice(1).map((arm) => ({
    name: arm.name,
    version: arm.version,
    // Within a round, so that a slow minute does not count as the balancer's.
    addedP50Ms: median(arm.p50Ms.map((value, i) => value - (direct.p50Ms[i] ?? Number.NaN))),
    addedP99Ms: median(arm.p99Ms.map((value, i) => value - (direct.p99Ms[i] ?? Number.NaN))),
    cpuUsPerRequest: median(arm.cpuUsPerRequest),
    failed: arm.failed,
  }));
  const ours = rows.find((row) => row.name === 'azimuth');
  const haproxy = rows.find((row) => row.name === 'haproxy');
  const ratioToHaproxy =
    ours === undefined || haproxy === undefined
      ? null
      : { addedP99: ours.addedP99Ms / haproxy.addedP99Ms, cpuPerRequest: ours.cpuUsPerRequest / haproxy.cpuUsPerRequest };
  const cpu = cpus()[0]?.model ?? 'unknown';
  return { ratePerSecond: run.rate, rounds: run.rounds, seconds: run.seconds, cpu, arms: rows, ratioToHaproxy, missing: run.missing, profile: run.profile };
}

function print(report: Report): void {
  printResult(`${report.ratePerSecond} requests/s, 1 KiB answers, medians of ${report.rounds} rounds of ${report.seconds} s, ${report.cpu}`);
  printResult('balancer   version      added p50    added p99   CPU/request   failed');
  for (const row of report.arms) {
    printResult(
      row.name.padEnd(11) + row.version.slice(0, 12).padEnd(10) +
        `${row.addedP50Ms.toFixed(2)} ms`.padStart(12) + `${row.addedP99Ms.toFixed(2)} ms`.padStart(13) +
        `${row.cpuUsPerRequest.toFixed(0)} µs`.padStart(14) + String(row.failed).padStart(9),
    );
  }
  const { ratioToHaproxy } = report;
  if (ratioToHaproxy !== null) {
    printResult(`Ours ÷ HAProxy: added p99 ${ratioToHaproxy.addedP99.toFixed(2)} (bar 2), CPU per request ${ratioToHaproxy.cpuPerRequest.toFixed(2)} (bar 2.5)`);
  }
  for (const reason of report.missing) printResult(`Left out: ${reason}`);
  if (report.profile === null) return;
  printResult(`\nWhere our CPU goes (busy ${(report.profile.busyShare * 100).toFixed(0)} % of the time):`);
  for (const line of [...report.profile.byOwner, { name: '', share: 0 }, ...report.profile.byFunction]) {
    printResult(line.name === '' ? '' : `${(line.share * 100).toFixed(1).padStart(6)} %  ${line.name}`);
  }
}
