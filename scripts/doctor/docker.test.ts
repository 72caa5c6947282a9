import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineDocker, readDockerSetup, type Networks } from './docker.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'azimuth-docker-'));
  mkdirSync(join(home, '.docker'));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const address = (text: string): NetworkInterfaceInfo[] => [{ address: text, netmask: '255.255.255.0', family: 'IPv4', mac: '', internal: false, cidr: null }];
const LOCAL = { remote: null, socket: '/var/run/docker.sock' };
const NETWORKS: Networks = { interfaces: {}, routes: '' };
const useContext = (name: string): void => writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));

test('a host or a context elsewhere is remote, a local one is not', () => {
  expect(readDockerSetup({}, home).remote).toBeNull();
  expect(readDockerSetup({ DOCKER_HOST: 'ssh://build' }, home).remote).toBe('ssh://build');
  expect(readDockerSetup({ DOCKER_HOST: `unix://${home}/none.sock` }, home)).toEqual({ remote: null, socket: null });
  useContext('build-farm');
  expect(readDockerSetup({}, home).remote).toBe('build-farm');
  useContext('default');
  expect(readDockerSetup({}, home).remote).toBeNull();
});

test('a broken configuration of Docker is none', () => {
  writeFileSync(join(home, '.docker/config.json'), '{');
  expect(readDockerSetup({}, home).remote).toBeNull();
});

test('the socket of Docker Desktop and that of a rootless engine are found', () => {
  mkdirSync(join(home, '.docker/desktop'));
  writeFileSync(join(home, '.docker/desktop/docker.sock'), '');
  const runtime = join(home, 'runtime');
  const { socket } = readDockerSetup({ XDG_RUNTIME_DIR: runtime }, home);
  // An engine of the machine's own comes first, where the test runs beside one.
  expect(['/var/run/docker.sock', join(home, '.docker/desktop/docker.sock')]).toContain(socket);
  rmSync(join(home, '.docker/desktop'), { recursive: true });
  mkdirSync(runtime);
  writeFileSync(join(runtime, 'docker.sock'), '');
  expect(['/var/run/docker.sock', join(runtime, 'docker.sock')]).toContain(readDockerSetup({ XDG_RUNTIME_DIR: runtime }, home).socket);
});

test('the injector must be told of a rootless engine’s socket, until it is', () => {
  const rootless = { remote: null, socket: '/run/user/1000/docker.sock' };
  expect(examineDocker(rootless, '10.83', undefined, NETWORKS)).toMatchObject([{ state: 'note', remedy: expect.stringContaining('AZIMUTH_DOCKER_SOCKET=/run/user/1000/docker.sock') as string }]);
  expect(examineDocker(rootless, '10.83', '/run/user/1000/docker.sock', NETWORKS)).toMatchObject([{ state: 'ok' }]);
});

test('nothing about Docker keeps a region of processes from starting', () => {
  const setups = [{ remote: 'build-farm', socket: null }, { remote: null, socket: null }, LOCAL];
  const states = setups.flatMap((setup) => examineDocker(setup, '10.83', undefined, { ...NETWORKS, interfaces: { tun0: address('10.83.0.7') } }).map((finding) => finding.state));
  expect(states).not.toContain('problem');
});

test('a network of somebody else in the same range is named, Docker’s own bridges are not', () => {
  const examine = (interfaces: Record<string, NetworkInterfaceInfo[]>) => examineDocker(LOCAL, '10.83', undefined, { ...NETWORKS, interfaces });
  expect(examine({ tun0: address('10.83.0.7') })).toContainEqual(expect.objectContaining({ name: 'subnet', found: expect.stringContaining('tun0') as string }));
  expect(examine({ 'br-1a': address('10.83.1.1'), eth0: address('10.8.3.1') })).toHaveLength(1);
});

test.each<[what: string, line: string, named: boolean]>([
  ['the whole of 10.0.0.0/8', 'tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF', true],
  ['one network of the sixteen bits', 'tun0\t0001530A\t00000000\t0001\t0\t0\t0\t00FFFFFF', true],
  ['the network beside it', 'tun0\t0000540A\t00000000\t0001\t0\t0\t0\t0000FFFF', false],
  ['everywhere', 'eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000', false],
  ['an earlier region of ours', 'br-1a\t0001530A\t00000000\t0001\t0\t0\t0\t00FFFFFF', false],
  ['nothing that can be read', 'tun0\tsomewhere', false],
])('a route to %s is told for what it is', (_what, line, named) => {
  const findings = examineDocker(LOCAL, '10.83', undefined, { ...NETWORKS, routes: `Iface\tDestination\n${line}\n` });
  expect(findings.some(({ name, found }) => name === 'subnet' && found.includes('a route by tun0'))).toBe(named);
});
