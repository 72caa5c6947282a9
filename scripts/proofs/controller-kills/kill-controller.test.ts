import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ComponentStatus } from '#contracts/region-status.ts';
import { KILL_CHILDREN, controllerKill } from './kill-controller.ts';

const component = (role: string, pid: number | null): ComponentStatus => ({ name: role, role, az: null, dc: null, state: 'running', pid, memoryBytes: null, memoryLimitBytes: null, cpuShare: null });

describe('the controller of a region of processes', () => {
  test('is killed by its pid, and nobody else is', async () => {
    const [one, other] = [0, 1].map(() => spawn('sleep', ['60'], { stdio: 'ignore' })) as [ReturnType<typeof spawn>, ReturnType<typeof spawn>];
    const kill = await controllerKill({ region: 'small', body: 'embedded' });
    const ended = once(one, 'exit');
    await kill([component('injector', other.pid ?? 0), component('controller', one.pid ?? 0)]);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  test('that is not there cannot be', async () => {
    const kill = await controllerKill({ region: 'small', body: 'embedded' });
    await expect(kill([component('controller', null)])).rejects.toMatchObject({ exitCode: 6 });
  });
});

describe('the controller of a region in containers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'azimuth-kills-'));
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
    vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  /** A `docker` that has one container of a controller. */
  const engine = (listed: string, execEnds: number): void => {
    writeFileSync(join(folder, 'docker'), `#!/bin/sh
echo "$*" >> ${folder}/asked
case "$1" in
  version) echo '{"Version":"27.0.0","Arch":"amd64"}' ;;
  ps) printf '${listed}' ;;
  exec) exit ${execEnds} ;;
esac
`);
    chmodSync(join(folder, 'docker'), 0o755);
  };
  const asked = (): string[] => readFileSync(join(folder, 'asked'), 'utf8').split('\n').filter((line) => /^(?:ps|exec)/.test(line));

  test.each([0, 137])('is killed inside of its container, not by "docker kill"; the command ends with %i', async (code) => {
    engine('0c0ffee0\\n', code);
    await (await controllerKill({ region: 'small', body: 'compose' }))([]);
    expect(asked()).toEqual([
      'ps --quiet --no-trunc --filter label=com.docker.compose.project=small --filter label=azimuth.role=controller --filter label=com.docker.compose.oneoff=False',
      `exec 0c0ffee0 sh -c ${KILL_CHILDREN} sh 1`,
    ]);
  });

  test('that has no container, or two, or that survives, is an error', async () => {
    engine('', 0);
    await expect(controllerKill({ region: 'small', body: 'compose' })).rejects.toMatchObject({ exitCode: 5 });
    engine('a1\\nb2\\n', 0);
    await expect(controllerKill({ region: 'small', body: 'compose' })).rejects.toMatchObject({ exitCode: 5 });
    engine('a1\\n', 3);
    await expect((await controllerKill({ region: 'small', body: 'compose' }))([])).rejects.toThrow('could not be killed (3)');
  });
});

test.runIf(process.platform === 'linux')('what is run in the container kills the children of the process that it is given, and no others', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; wait $!; echo $?; read -r line'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  let said = '';
  parent.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await vi.waitFor(() => expect(said).toMatch(/^\d+\n/));
  expect(spawnSync('sh', ['-c', KILL_CHILDREN, 'sh', String(parent.pid)]).status).toBe(0);
  await vi.waitFor(() => expect(said).toMatch(/\n137\n$/));
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  expect(spawnSync('sh', ['-c', KILL_CHILDREN, 'sh', String(parent.pid)]).status).toBe(3);
  parent.stdin.end();
  bystander.kill();
});
