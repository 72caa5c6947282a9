import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { RegionSchema, type Region } from '#contracts/region.ts';
import { compileRegion } from './compile.ts';
import { endpointsOfService, loadBalancers, serviceNames, targetsOf } from './endpoints.ts';

const ROOT = new URL('../../', import.meta.url);
const TEXT = readFileSync(new URL('docker-compose.yml', ROOT), 'utf8');

function compiled(body: Region['body'], variables: Record<string, string> = {}): Region {
  const result = compileRegion({ text: TEXT, file: 'docker-compose.yml', body, variables });
  if ('errors' in result) throw new Error(JSON.stringify(result.errors, null, 2));
  return result.region;
}

describe('the shipped docker-compose.yml', () => {
  it.each(['compose', 'embedded'] as const)('describes three alike AZs and what stands around them (%s)', (body) => {
    const region = compiled(body);
    expect(Value.Check(RegionSchema, region)).toBe(true);
    expect(region.region).toBe('azimuth');
    for (const az of AVAILABILITY_ZONES) {
      const members = region.endpoints.filter((endpoint) => endpoint.az === az);
      expect(members.map(({ name, role, dc, service, scope }) => [name, role, dc, service, scope].join(' '))).toEqual([
        `${az}-link link   zonal`,
        `${az}-load-balancer load-balancer   zonal`,
        `${az}-storefront-a service ${az}-dc1 storefront zonal`,
        `${az}-storefront-b service ${az}-dc2 storefront zonal`,
        `${az}-kitchen-a service ${az}-dc1 kitchen zonal`,
        `${az}-kitchen-b service ${az}-dc2 kitchen zonal`,
      ]);
    }
    const outside = region.endpoints.filter((endpoint) => endpoint.az === null);
    expect(outside.map((endpoint) => endpoint.role)).toEqual(['front-door', 'customers', 'injector']);
  });

  it('puts every embedded program on a fixed port of its own below the ephemeral ones', () => {
    const { endpoints } = compiled('embedded');
    const ports = endpoints.flatMap(({ address, admin }) => [address, admin]).flatMap((place) => place?.port ?? []);
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(endpoints.find(({ role }) => role === 'front-door')?.address).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(endpoints.find(({ role }) => role === 'injector')?.address).toEqual({ host: '127.0.0.1', port: 8090 });
    const links = endpoints.filter(({ role }) => role === 'link');
    expect(links.map(({ program, address, admin }) => [program, address, admin])).toEqual(Array(3).fill([null, null, null]));
  });

  it('moves as a whole with its variables', () => {
    const variables = { AZIMUTH_REGION: 'b', AZIMUTH_SUBNET: '10.84', AZIMUTH_SHOP_PORT: '8180', AZIMUTH_API_PORT: '8190' };
    const containers = compiled('compose', variables);
    expect(containers.region).toBe('b');
    expect(containers.endpoints.flatMap(({ address }) => address ?? []).every(({ host }) => host.startsWith('10.84.'))).toBe(true);
    const local = compiled('embedded', variables);
    expect(local.endpoints.find(({ role }) => role === 'front-door')?.address?.port).toBe(8180);
  });

  it('names programs that are in this checkout', () => {
    const { endpoints } = compiled('embedded');
    // Embedded, the injector is the parent process and no program of its own.
    const programs = new Set(endpoints.filter(({ role }) => role !== 'injector').flatMap(({ program }) => program ?? []));
    expect(programs.size).toBe(4);
    expect([...programs].filter((program) => !existsSync(new URL(program, ROOT)))).toEqual([]);
  });

  it('tells programs their upstreams', () => {
    const region = compiled('compose');
    expect(serviceNames(region)).toEqual(['storefront', 'kitchen']);
    expect(loadBalancers(region).map(({ az }) => az)).toEqual(['az1', 'az2', 'az3']);
    expect(targetsOf(endpointsOfService(region, 'kitchen')).slice(0, 2)).toEqual([
      { id: 'az1-kitchen-a', zone: 'az1', url: 'http://10.83.1.31:8080' },
      { id: 'az1-kitchen-b', zone: 'az1', url: 'http://10.83.1.32:8080' },
    ]);
  });
});
