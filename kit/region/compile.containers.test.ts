/** What Docker Compose reads in the shipped description, against what the compiler reads in it. Needs no Docker engine. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileRegion } from './compile.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SECOND = {
  AZIMUTH_REGION: 'b', AZIMUTH_SUBNET: '10.91', AZIMUTH_SHOP_PORT: '8180', AZIMUTH_API_PORT: '8190', AZIMUTH_PROMETHEUS_PORT: '8191', AZIMUTH_GRAFANA_PORT: '8192',
  AZIMUTH_DOCKER_SOCKET: '/run/user/1000/docker.sock', LOG_LEVEL: 'info',
};

interface ComposeConfig {
  name: string;
  services: Record<string, {
    labels: Record<string, string>;
    command?: string[] | null;
    environment?: Record<string, string>;
    networks?: Record<string, { ipv4_address?: string; aliases?: string[] }>;
    ports?: { host_ip: string; published: string; target: number }[];
  }>;
}

function compose(words: string[], variables: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } {
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync('docker', ['compose', ...words], { cwd: ROOT, encoding: 'utf8', env: { PATH, HOME, ...variables }, timeout: 20_000 });
}

const version = compose(['version']);
const isThere = version.status === 0;
if (!isThere) process.stderr.write(`not compared with Docker Compose: "docker compose version" does not work here (${(version.stderr ?? '').trim().split('\n')[0] ?? ''})\n`);

describe.runIf(isThere)('docker-compose.yml, read by Docker Compose', () => {
  it('is accepted', () => {
    const { status, stderr } = compose(['config', '--quiet']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each([['the first region', {}], ['a second region', SECOND]])('means what the compiler reads in it (%s)', (_title, variables) => {
    const docker = JSON.parse(compose(['config', '--format', 'json'], variables).stdout) as ComposeConfig;
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    const result = compileRegion({ text, file: 'docker-compose.yml', body: 'compose', variables });
    const region = 'region' in result ? result.region : null;
    expect(region?.region).toBe(docker.name);
    expect(region?.endpoints.map(({ name }) => name).toSorted()).toEqual(Object.keys(docker.services).filter((name) => name !== 'region').toSorted());
    for (const { name, role, az, dc, service, address, networks: joins, environment } of region?.endpoints ?? []) {
      const { labels = {}, environment: given = {}, networks = {} } = docker.services[name] ?? {};
      expect([role, az ?? undefined, dc ?? undefined, service ?? undefined]).toEqual(
        ['azimuth.role', 'azimuth.az', 'azimuth.dc', 'azimuth.service'].map((label) => labels[label]),
      );
      expect(given).toMatchObject(environment);
      const addresses = Object.values(networks).map((network) => network.ipv4_address);
      expect(address === null || addresses.includes(address.host)).toBe(true);
      expect(joins).toEqual(Object.entries(networks).map(([network, { ipv4_address: at, aliases = [] }]) => ({ name: network, address: at, aliases })).toSorted((a, b) => (a.name < b.name ? -1 : 1)));
    }
    for (const { name, api, proxies } of region?.links ?? []) {
      const { command, networks = {} } = docker.services[name] ?? {};
      const addresses = new Map(Object.entries(networks).map(([network, { ipv4_address: address }]) => [network, address]));
      expect(command?.slice(0, 4)).toEqual(['-host', api.host, '-port', String(api.port)]);
      expect(api.host).toBe(addresses.get('front'));
      for (const { from, listen } of proxies) expect(listen.host).toBe(addresses.get(from ?? 'front'));
    }
    expect(region?.links.map(({ name }) => name)).toEqual(Object.keys(docker.services).filter((name) => name.endsWith('-link')).toSorted());
    const published = Object.entries(docker.services).flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port.host_ip}:${port.published}`));
    const given = variables as Partial<typeof SECOND>;
    const { AZIMUTH_SHOP_PORT: shop = '8080', AZIMUTH_API_PORT: api = '8090', AZIMUTH_PROMETHEUS_PORT: prometheus = '9090', AZIMUTH_GRAFANA_PORT: grafana = '3000' } = given;
    expect(published.toSorted()).toEqual([`front-door 127.0.0.1:${shop}`, `grafana 127.0.0.1:${grafana}`, `injector 127.0.0.1:${api}`, `prometheus 127.0.0.1:${prometheus}`]);
  });
});
