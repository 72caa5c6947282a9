import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineDocker, readDockerSetup } from './docker.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'azimuth-docker-'));
  mkdirSync(join(home, '.docker'));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const address = (text: string): NetworkInterfaceInfo[] => [{ address: text, netmask: '255.255.255.0', family: 'IPv4', mac: '', internal: false, cidr: null }];
const useContext = (name: string): void => writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));

test('a host or a context elsewhere is remote, a local one is not', () => {
  expect(readDockerSetup({}, home).remote).toBeNull();
  expect(readDockerSetup({ DOCKER_HOST: 'ssh://build' }, home).remote).toBe('ssh://build');
  expect(readDockerSetup({ DOCKER_HOST: `unix://${home}/none.sock` }, home)).toEqual({ remote: null, socket: false });
  useContext('build-farm');
  expect(readDockerSetup({}, home).remote).toBe('build-farm');
  useContext('default');
  expect(readDockerSetup({}, home).remote).toBeNull();
});

test('a broken configuration of Docker is none', () => {
  writeFileSync(join(home, '.docker/config.json'), '{');
  expect(readDockerSetup({}, home).remote).toBeNull();
});

test('nothing about Docker keeps the embedded region from starting', () => {
  const setups = [{ remote: 'build-farm', socket: false }, { remote: null, socket: false }, { remote: null, socket: true }];
  const states = setups.flatMap((setup) => examineDocker(setup, '10.83', { tun0: address('10.83.0.7') }).map((finding) => finding.state));
  expect(states).not.toContain('problem');
});

test('a network of somebody else in the same range is named, Docker’s own bridges are not', () => {
  const local = { remote: null, socket: true };
  expect(examineDocker(local, '10.83', { tun0: address('10.83.0.7') })).toContainEqual(expect.objectContaining({ name: 'subnet', found: expect.stringContaining('tun0') }));
  expect(examineDocker(local, '10.83', { 'br-1a': address('10.83.1.1'), eth0: address('10.8.3.1') })).toHaveLength(1);
});
