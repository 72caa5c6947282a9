/** `docker compose up` from nothing: how soon the region serves, what it takes of the machine, what a person sees, and that Ctrl-C ends it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RegionStatus } from '#contracts/region-status.ts';
import { run, type Outcome } from './testing/command.fixture.ts';
import { compose, containers, environment, type Container } from './testing/containers.fixture.ts';
import { meanUse, total, useByService, type Use } from './testing/engine-stats.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { CHECKOUT, IS_CI, PUBLISHED_PORTS, SHOP, tell } from './testing/place.fixture.ts';
import { clear, grafanaLeftOut, regionIsUp, serves, services, status, up } from './testing/region.fixture.ts';
import { waitUntil } from './testing/wait-until.fixture.ts';

const UP_MS_MAX = IS_CI ? 60_000 : 30_000;
const MEMORY_BYTES_MAX = 2.5 * 2 ** 30;
const CPU_SHARE_MAX = IS_CI ? 1 : 0.75;
/** From the end of the start on nothing is measured for this long: what has just come up is compiled while it runs. */
const SETTLE_MS = 15_000;
/** At rest is what so many samples in a row come to, some twenty seconds: a mean of few is low by chance. */
const REST_SAMPLES = 10;
/** Compilers of JavaScript are through in this time on a busy machine, too; the bar is about a region at rest. */
const REST_LIMIT_MS = 180_000;

describe('docker compose up', () => {
  printLogsOfFailures();
  let first: Outcome;
  let upMs: number;
  let atFirst: RegionStatus;

  beforeAll(async () => {
    await clear();
    const leftOut = await grafanaLeftOut();
    if (leftOut !== null) tell(leftOut.why);
    first = await up();
    upMs = performance.now();
    atFirst = await status();
  }, 240_000);

  afterAll(async () => {
    await regionIsUp();
  }, 180_000);

  it('answers when the region serves, within half a minute', async () => {
    tell(`docker compose up -d --wait: ${(first.tookMs / 1000).toFixed(1)} s (bar ${UP_MS_MAX / 1000} s)`);
    expect(atFirst.components.filter(({ state }) => state !== 'running')).toEqual([]);
    const menu = await fetch(`${SHOP}/menu`, { signal: AbortSignal.timeout(5000) });
    expect([menu.status, menu.headers.get('x-az')]).toEqual([200, expect.stringMatching(/^az[123]$/)]);
    expect(first.tookMs).toBeLessThan(UP_MS_MAX);
  });

  it('has traffic of its own: a tenth of the peak, every AZ, none failed', async () => {
    const { answer: customers } = await waitUntil('orders at rest', 30_000, async () => {
      const { customers: now } = await status();
      return now !== null && now.orders.offered >= 200 ? now : null;
    });
    expect(customers.ratePerSecond).toBeGreaterThan(20);
    expect(Object.keys(customers.shareByAz).sort()).toEqual(['az1', 'az2', 'az3']);
    expect([customers.orders.failed, customers.menu.failed]).toEqual([0, 0]);
  });

  it('differs in nothing from its description', async () => {
    expect((await status()).differences).toEqual([]);
  });

  it('takes at most 2.5 GiB and three quarters of a core at rest, and limits the memory of each container', async () => {
    const beganMs = performance.now();
    await sleep(Math.max(0, upMs + SETTLE_MS - beganMs));
    const samples: Map<string, Use>[] = [];
    const { answer: use } = await waitUntil('the region is at rest', REST_LIMIT_MS - (performance.now() - beganMs), async () => {
      samples.push(await useByService());
      const mean = meanUse(samples.slice(-REST_SAMPLES));
      if (samples.length < REST_SAMPLES) throw new Error(`${samples.length} of ${REST_SAMPLES} samples`);
      if (total(mean, 'cpuShare') > CPU_SHARE_MAX) throw new Error(`${percent(total(mean, 'cpuShare'))} of a core over ${REST_SAMPLES} samples`);
      return mean;
    });
    const all = await containers();
    const leftOut = await grafanaLeftOut();
    const leftOutBytes = leftOut?.memoryLimitBytes ?? 0;
    const counted = leftOut === null ? '' : `, and ${mib(leftOutBytes)} MiB that Grafana may use, which is left out and counted with its limit`;
    tell(`at rest: ${mib(total(use, 'memoryBytes'))} MiB${counted}; ${percent(total(use, 'cpuShare'))} of a core, the mean of ${REST_SAMPLES} samples of ${samples.length}\n${table(use, all)}`);
    expect(total(use, 'memoryBytes') + leftOutBytes).toBeLessThan(MEMORY_BYTES_MAX);
    expect([...all].filter(([, { HostConfig }]) => HostConfig.Memory === 0).map(([service]) => service)).toEqual([]);
    const told = (await status()).components;
    expect(told.filter(({ memoryBytes, memoryLimitBytes }) => memoryBytes === null || memoryLimitBytes === null).map(({ name }) => name)).toEqual([]);
    const toldBytes = told.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
    const engineBytes = told.reduce((sum, { name }) => sum + (use.get(name)?.memoryBytes ?? 0), 0);
    expect(toldBytes / engineBytes).toBeGreaterThan(0.75);
    expect(toldBytes / engineBytes).toBeLessThan(1.25);
  }, 240_000);

  it('has exactly one health check, and it is the injector\'s', async () => {
    const checked = [...(await containers())].filter(([, { Config }]) => Config.Healthcheck !== undefined);
    expect(checked.map(([service]) => service)).toEqual(['injector']);
  });

  it('publishes its ports on the loopback alone', async () => {
    const bindings = [...(await containers()).values()].flatMap(({ HostConfig }) => Object.values(HostConfig.PortBindings ?? {}).flat());
    expect([...new Set(bindings.map(({ HostIp }) => HostIp))]).toEqual(['127.0.0.1']);
    const config = JSON.parse((await compose(['--profile', '*', 'config', '--format', 'json'])).stdout) as { services: Record<string, { ports?: { host_ip?: string; published: string }[] }> };
    const described = Object.values(config.services).flatMap(({ ports = [] }) => ports);
    expect(described.map(({ host_ip: host, published }) => `${host}:${published}`).sort()).toEqual(PUBLISHED_PORTS.map((port) => `127.0.0.1:${port}`).sort());
  });

  it('attached, says on one line what to open and what to type; Ctrl-C stops everything, and the next start serves again', async () => {
    // On a region that runs, Compose shows what is written from then on, and the line was written before.
    await compose(['stop']);
    const words = ['docker', 'compose', 'up', ...(await services())] as const;
    const attached = await run(words, { cwd: CHECKOUT, env: environment({ COMPOSE_ANSI: 'never' }), limitMs: 90_000, interruptWhen: (output) => output.split('\n').some((line) => line.includes(SHOP)) });
    const lines = attached.stdout.split('\n').filter((line) => / \| /.test(line));
    tell(`attached: ${lines.join(' / ') || attached.stderr.trim().split('\n').slice(-3).join(' / ')}`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(SHOP);
    expect(lines[0]).toMatch(/docker compose run --rm chaos kill az1/);
    expect([...(await containers()).values()].filter(({ State }) => State.Running)).toEqual([]);
    const again = await up();
    tell(`started again after Ctrl-C: ${(again.tookMs / 1000).toFixed(1)} s`);
    await serves();
  }, 240_000);
});

function table(use: ReadonlyMap<string, Use>, all: ReadonlyMap<string, Container>): string {
  return [...use]
    .map(([service, { memoryBytes, cpuShare }]) => `    ${service.padEnd(20)} ${mib(memoryBytes).padStart(5)} of ${mib(all.get(service)?.HostConfig.Memory ?? 0).padStart(4)} MiB ${(cpuShare * 100).toFixed(1).padStart(5)} %`)
    .join('\n');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function mib(bytes: number): string {
  return String(Math.round(bytes / 2 ** 20));
}
