import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault, FaultRequest } from '#contracts/faults.ts';
import { publishRunning } from '#kit/state-folder.ts';
import { cutCommand } from './cut.ts';
import { failCommand } from './fail.ts';
import { flakyCommand } from './flaky.ts';
import { freezeCommand } from './freeze.ts';
import { isolateCommand } from './isolate.ts';
import { killCommand } from './kill.ts';
import { lagCommand } from './lag.ts';
import { lieCommand } from './lie.ts';
import { Printed } from './printed.fixture.ts';
import { slowCommand } from './slow.ts';

let folder: string;
let api: Server;
/** What the injector was asked to break. */
let asked: FaultRequest[];
let printed: Printed;

/** Another region than the one of processes: what it says of itself at its port. */
let inContainers: boolean;

beforeEach(async () => {
  inContainers = false;
  asked = [];
  api = createServer((request, response) => {
    if (request.url === '/v1/running') {
      response.end(JSON.stringify({ schema: 'azimuth.running/1', region: 'boxes', body: 'compose', pid: null, startedMs: 0, api: 'http://127.0.0.1:8090', urls: {} }));
      return;
    }
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as FaultRequest;
      asked.push(body);
      const { verb, target, leaseMs: _lease, reason: _reason, ...detail } = body;
      const fault: Fault = {
        id: 'f1', verb, target, detail, members: ['az1-link/a', 'az2-link/b'], reason: null, holder: 'operator', by: null, startedMs: 0, skewMs: 3,
        leaseEndsMs: Date.now() + 600_000, state: 'active', pending: [{ name: 'az2-link', reason: 'frozen' }],
      };
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(fault));
    });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'azimuth-verbs-'));
  vi.stubEnv('AZIMUTH_STATE_DIR', folder);
  vi.stubEnv('AZIMUTH_REGION', '');
  // Whatever else runs on this machine: nobody listens there.
  vi.stubEnv('AZIMUTH_API_PORT', '1');
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  publishRunning({ schema: 'azimuth.running/1', region: 'small', body: 'embedded', pid: process.pid, startedMs: 0, api: url, urls: {} });
  printed = Printed.keep();
});

afterEach(() => {
  printed.restore();
  vi.unstubAllEnvs();
  api.close();
  api.closeAllConnections();
  rmSync(folder, { recursive: true });
});

/** Nothing is watched afterwards: no customers are there. */
function run(command: Command, ...words: string[]): Promise<Command> {
  if (inContainers) vi.stubEnv('AZIMUTH_API', `http://127.0.0.1:${(api.address() as AddressInfo).port}`);
  return command.exitOverride().parseAsync([...words, '--watch', '0'], { from: 'user' });
}

describe('a verb that breaks something', () => {
  it.each<[words: string, command: () => Command, request: FaultRequest, told: string]>([
    ['az1 --latency 400 --jitter 50', slowCommand, { verb: 'slow', target: 'az1', latencyMs: 400, jitterMs: 50 }, 'Slowed az1: 400 ± 50 ms more for every request'],
    ['az2 --latency 5ms --for 90s', slowCommand, { verb: 'slow', target: 'az2', latencyMs: 5, leaseMs: 90_000 }, 'Slowed az2: 5 ms more'],
    ['az1', killCommand, { verb: 'kill', target: 'az1' }, 'Killed az1: 2 processes within 3 ms. Heals'],
    ['az1-kitchen-a', freezeCommand, { verb: 'freeze', target: 'az1-kitchen-a' }, 'Froze az1-kitchen-a: 2 processes within 3 ms. Heals'],
    ['az1 --reason drill', isolateCommand, { verb: 'isolate', target: 'az1', reason: 'drill' }, 'Isolated az1: what enters or leaves it is swallowed, 2 ways within 3 ms.'],
    ['az1 az2', cutCommand, { verb: 'cut', target: 'az1', peer: 'az2' }, 'Cut az1 ↔ az2: connections between them are closed and hear nothing'],
    ['az1 az3 --one-way --refuse', cutCommand, { verb: 'cut', target: 'az1', peer: 'az3', oneWay: true, refuse: true }, 'Cut az1 → az3: connections that it opens there are closed and refused'],
    ['az3', flakyCommand, { verb: 'flaky', target: 'az3', share: 0.3 }, 'Made az3 flaky: 30 % of the connections'],
    ['az3 --share 1', flakyCommand, { verb: 'flaky', target: 'az3', share: 1 }, 'Made az3 flaky: 100 % of the connections'],
    ['az1 --rate 0.5', failCommand, { verb: 'fail', target: 'az1', rate: 0.5, status: 503 }, 'Made az1 fail: 50 % of what it is asked is answered 503, by 2 processes within 3 ms.'],
    ['az1-dc1 --rate 1 --status 500 --after-work --service kitchen', failCommand, { verb: 'fail', target: 'az1-dc1', rate: 1, status: 500, afterWork: true, service: 'kitchen' }, 'Made az1-dc1 fail: 100 % of what it is asked is answered 500 after the work, by'],
    ['az1-kitchen-a --latency 200 --jitter 50', lagCommand, { verb: 'lag', target: 'az1-kitchen-a', latencyMs: 200, jitterMs: 50 }, 'Made az1-kitchen-a lag: every request is taken up 200 ± 50 ms later, by'],
    ['az1 --latency 200 --service load-balancer', lagCommand, { verb: 'lag', target: 'az1', latencyMs: 200, service: 'load-balancer' }, 'taken up 200 ms later'],
    ['az1 --health ill', lieCommand, { verb: 'lie', target: 'az1', health: 'ill' }, 'Made az1 lie: it says that it is ill, by 2 processes within 3 ms. Heals'],
    ['az1 --health well', lieCommand, { verb: 'lie', target: 'az1', health: 'well' }, 'says that it is well, by 2 processes within 3 ms. Nothing fails by that alone: add fail or lag. Heals'],
  ])('asks for what was typed: %s', async (words, command, request, told) => {
    await run(command(), ...words.split(' '));
    expect(asked).toEqual([request]);
    expect(printed.out).toContain(told);
    expect(printed.out).toContain(`Heals by itself in 10m 00s, or now: ./azimuth heal ${request.target}\n`);
    expect(printed.err).toContain('az2-link has not been told yet (frozen)');
  });

  it.each<[words: string, command: () => Command, request: FaultRequest, told: string]>([
    ['az1', killCommand, { verb: 'kill', target: 'az1' }, 'Killed az1: 2 containers within 3 ms (crash-stop: their connections were closed; --silent is power loss). Heals'],
    ['az1-kitchen-a', killCommand, { verb: 'kill', target: 'az1-kitchen-a' }, 'Killed az1-kitchen-a: 2 containers within 3 ms. Heals'],
    ['az1 --silent', killCommand, { verb: 'kill', target: 'az1', silent: true }, 'az1 lost power: 2 containers within 3 ms, frozen, off the network and then killed, without a FIN or a RST. Heals'],
    ['az2 --silent', isolateCommand, { verb: 'isolate', target: 'az2', silent: true }, 'Isolated az2: its link is off the network, and every packet to or from the AZ is lost. Heals'],
    ['az3', freezeCommand, { verb: 'freeze', target: 'az3' }, 'Froze az3: 2 containers within 3 ms. Heals'],
  ])('speaks of containers where there are some: %s', async (words, command, request, told) => {
    inContainers = true;
    await run(command(), ...words.split(' '));
    expect(asked).toEqual([request]);
    expect(printed.out).toContain(told);
  });

  it('says in a container how a person mends it from outside', async () => {
    inContainers = true;
    vi.stubEnv('AZIMUTH_IN_CONTAINER', '1');
    await run(killCommand(), 'az1');
    expect(printed.out).toContain('or now: docker compose run --rm chaos heal az1\n');
  });

  it('prints one document with --json', async () => {
    await run(cutCommand(), 'az1', 'az2', '--json');
    expect(JSON.parse(printed.out)).toMatchObject({ fault: { id: 'f1', detail: { peer: 'az2' } }, customers: null });
  });

  it.each<[words: string, command: () => Command, complaint: RegExp]>([
    ['az1', slowCommand, /required option '--latency <ms>' not specified/],
    ['az1 --latency soon', slowCommand, /whole milliseconds from 1 to 60000/],
    ['az1 --latency 0', slowCommand, /whole milliseconds from 1/],
    ['az1 --latency 10 --jitter 11', slowCommand, /jitter of 11 ms is more than the latency of 10 ms/],
    ['az1-kitchen-a --latency 10', slowCommand, /whole AZ: az1, az2, az3/],
    ['az1-kitchen-a --silent', killCommand, /--silent takes a whole AZ, az1, az2, az3: az1-kitchen-a has no link/],
    ['az1-dc1 --silent', killCommand, /whole AZ/],
    ['az4', isolateCommand, /whole AZ/],
    ['az1', cutCommand, /missing required argument 'peer'/],
    ['az1 az1', cutCommand, /two different AZs, not az1 twice/],
    ['az1 az9', cutCommand, /whole AZ/],
    ['az1 az2 az3', cutCommand, /too many arguments/],
    ['az1 --share 0', flakyCommand, /share above 0 and up to 1/],
    ['az1 --share 30%', flakyCommand, /share above 0 and up to 1/],
    ['az1', failCommand, /required option '--rate <share>' not specified/],
    ['az1 --rate 0', failCommand, /share above 0 and up to 1/],
    ['az1 --rate 0.5 --status 404', failCommand, /must be 500 or 503/],
    ['az4 --rate 0.5', failCommand, /There is no az4/],
    ['az1 --latency 10 --jitter 11', lagCommand, /jitter of 11 ms is more than the latency of 10 ms/],
    ['az1', lieCommand, /required option '--health <said>' not specified/],
    ['az1 --health so-so', lieCommand, /Allowed choices are well, ill/],
  ])('that cannot be meant is refused before anything is asked: %s', async (words, command, complaint) => {
    await expect(run(command(), ...words.split(' '))).rejects.toMatchObject({ code: expect.stringMatching(/^commander\./) as string });
    expect(printed.err).toMatch(complaint);
    expect(asked).toEqual([]);
    expect(printed.out).toBe('');
  });

  it.each([killCommand, freezeCommand, slowCommand, isolateCommand, cutCommand, flakyCommand, failCommand, lagCommand, lieCommand])('shows in its help an example, when it heals by itself, and what must be given', async (command) => {
    await expect(run(command(), '--help')).rejects.toMatchObject({ code: 'commander.helpDisplayed' });
    expect(printed.out).toMatch(/\nExample:\n {2}\.\/azimuth (kill|freeze|slow|isolate|cut|flaky|fail|lag|lie) az1/);
    expect(printed.out).toMatch(/--for <time> .*\n?.*\(default:\s+10m\)/);
    const required = command().options.filter(({ mandatory }) => mandatory);
    expect(required.filter(({ description }) => !description.endsWith('(required)'))).toEqual([]);
  });
});
