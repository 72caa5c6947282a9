/**
 * Prints how many requests a second the customers can send from one core: the real program against a
 * trivial HTTP server in another process, at rising rates. The bar is 4,000 requests/s on less than one core
 * with every request sent in time. A benchmark and no test: hosts differ.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { METRIC } from '#contracts/metrics.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import { printJson, printResult, progress } from '#kit/command-line.ts';
import { freePort } from '#kit/free-port.ts';
import { positive } from './measuring/positive.ts';

const BAR_REQUESTS_PER_SECOND = 4000;
const WARM_S = 2;

/** Answers everything at once, orders after a bake if one is asked for. */
const SERVER = `
const bakeMs = Number(process.argv[1]);
const server = require('node:http').createServer({ keepAliveTimeout: 72000 }, (request, response) => {
  const answer = () => response.writeHead(200, { 'content-type': 'application/json', 'x-az': 'az1', 'server-timing': 'oven;dur=1' }).end('{"order":"x"}');
  request.resume();
  if (request.method === 'POST' && bakeMs > 0) setTimeout(answer, bakeMs); else answer();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
`;

interface Figure {
  requestsPerSecond: number;
  failed: number;
  cpuShare: number;
  cpuUsPerRequest: number;
  lagMsP99: number;
  lagMsMax: number;
  latencyMsP50: number;
}

new Command('customers')
  .description('how many requests a second the customers can send from one core')
  .option('--rates <numbers>', 'orders per second, comma-separated; each brings a menu read', (text) => text.split(',').map(positive), [500, 1000, 2000, 3000])
  .option('--seconds <number>', 'length of a measurement', positive, 5)
  .option('--bake <ms>', 'milliseconds that the server takes for an order', positive)
  .option('--json', 'print the result as one JSON document')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.PASS : EXIT.USAGE))
  .action(async ({ rates, seconds, bake, json }: { rates: number[]; seconds: number; bake?: number; json?: boolean }) => {
    const figures = await measure(rates, seconds, bake ?? 0);
    if (json === true) printJson(figures);
    else print(figures);
  })
  .parse();

async function measure(rates: number[], seconds: number, bakeMs: number): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-bench-'));
  const children: ChildProcess[] = [];
  try {
    const server = spawn(process.execPath, ['-e', SERVER, String(bakeMs)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    children.push(server);
    const port = Number(await once(server.stdout as Readable, 'data'));
    const admin = await freePort();
    writeFileSync(join(folder, 'region.json'), JSON.stringify(region(port, admin)));
    const customers = spawn(process.execPath, [join(import.meta.dirname, '../../services/customers/main.ts')], {
      env: { ...process.env, AZIMUTH_REGION_FILE: join(folder, 'region.json'), AZIMUTH_INSTANCE: 'customers' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(customers);
    const base = `http://127.0.0.1:${admin}`;
    await untilUp(base, customers);
    const figures: Figure[] = [];
    for (const rate of rates) {
      progress(`${rate} orders/s and as many menu reads, ${seconds} s`);
      figures.push(await measureRate(base, rate, seconds));
    }
    return figures;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function measureRate(base: string, rate: number, seconds: number): Promise<Figure> {
  await setRate(base, rate);
  await sleep(WARM_S);
  const cpuS = await cpuSeconds(base);
  const startedMs = performance.now();
  await sleep(seconds);
  const tookS = (performance.now() - startedMs) / 1000;
  const usedS = (await cpuSeconds(base)) - cpuS;
  const response = await fetch(`${base}/summary?windowMs=${seconds * 1000}`);
  const summary = (await response.json()) as CustomerSummary;
  await setRate(base, 0);
  await sleep(1);
  const requests = summary.orders.offered + summary.menu.offered;
  return {
    requestsPerSecond: requests / seconds,
    failed: summary.orders.failed + summary.menu.failed,
    cpuShare: usedS / tookS,
    cpuUsPerRequest: ((usedS / tookS) * seconds * 1e6) / requests,
    lagMsP99: summary.generatorLagMsP99,
    lagMsMax: summary.generatorLagMsMax,
    latencyMsP50: summary.latencyMs?.p50 ?? Number.NaN,
  };
}

function print(figures: Figure[]): void {
  printResult('requests/s   failed   CPU of one core   CPU/request   lag p99      lag max      order p50');
  for (const one of figures) {
    printResult(
      [
        one.requestsPerSecond.toFixed(0).padStart(10),
        String(one.failed).padStart(9),
        `${(one.cpuShare * 100).toFixed(0)} %`.padStart(18),
        `${one.cpuUsPerRequest.toFixed(0)} µs`.padStart(14),
        `${one.lagMsP99.toFixed(2)} ms`.padStart(12),
        `${one.lagMsMax.toFixed(2)} ms`.padStart(13),
        `${one.latencyMsP50.toFixed(2)} ms`.padStart(15),
      ].join(''),
    );
  }
  const last = figures.at(-1);
  if (last !== undefined) printResult(`One core carries about ${(1e6 / last.cpuUsPerRequest).toFixed(0)} requests/s; the bar is ${BAR_REQUESTS_PER_SECOND}.`);
}

function region(port: number, admin: number): unknown {
  const place = { az: null, dc: null, service: null, scope: 'regional', program: null, networks: [], environment: {} };
  const endpoints = [
    { ...place, name: 'front-door', role: 'front-door', address: { host: '127.0.0.1', port }, admin: null },
    { ...place, name: 'customers', role: 'customers', address: null, admin: { host: '127.0.0.1', port: admin } },
  ];
  return { schema: 'azimuth.region/1', region: 'bench', body: 'embedded', endpoints, links: [] };
}

async function untilUp(base: string, program: ChildProcess): Promise<void> {
  for (;;) {
    if (program.exitCode !== null) throw new Error(`the customers ended with ${program.exitCode} before they were up`);
    const isUp = await fetch(`${base}/healthz`).then((response) => response.ok, () => false);
    if (isUp) return;
    await sleep(0.05);
  }
}

async function cpuSeconds(base: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(new RegExp(`^${METRIC.cpuSeconds} (\\S+)`, 'm').exec(text)?.[1]);
}

async function setRate(base: string, ratePerSecond: number): Promise<void> {
  await fetch(`${base}/traffic`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ratePerSecond }) });
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
