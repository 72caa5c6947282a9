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
    expect(outside.map((endpoint) => endpoint.role)).toEqual(['front-door', 'customers', 'injector', 'controller', 'observer', 'observer']);
  });

  it('puts every embedded program on a fixed port of its own below the ephemeral ones', () => {
    const { endpoints, links } = compiled('embedded');
    const ports = [...endpoints.flatMap(({ address, admin }) => [address, admin]).flatMap((place) => place?.port ?? []), ...links.flatMap(({ api, proxies }) => [api.port, ...proxies.map(({ listen }) => listen.port)])];
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(endpoints.find(({ role }) => role === 'front-door')?.address).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(endpoints.find(({ role }) => role === 'controller')?.address).toEqual({ host: '127.0.0.1', port: 8090 });
    // Nobody but the controller calls it: it has a port like every program's, and none that is written down.
    expect(endpoints.find(({ role }) => role === 'injector')?.address?.port).toBeGreaterThanOrEqual(21_000);
    const played = endpoints.filter(({ role }) => role === 'link');
    expect(played.map(({ program, address, admin }) => [program, address, admin])).toEqual(Array(3).fill(['services/link/main.ts', null, null]));
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
    expect(programs.size).toBe(6);
    expect([...programs].filter((program) => !existsSync(new URL(program, ROOT)))).toEqual([]);
  });

  it('tells programs their upstreams', () => {
    const region = compiled('compose');
    expect(serviceNames(region)).toEqual(['storefront', 'kitchen']);
    expect(loadBalancers(region).map(({ az }) => az)).toEqual(['az1', 'az2', 'az3']);
    const kitchens = endpointsOfService(region, 'kitchen');
    expect(targetsOf(region, kitchens, 'az1').filter((_kitchen, index) => index % 2 === 0)).toEqual([
      { id: 'az1-kitchen-a', zone: 'az1', url: 'http://10.83.1.31:8080' },
      { id: 'az2-kitchen-a', zone: 'az2', url: 'http://10.83.1.101:10009' },
      { id: 'az3-kitchen-a', zone: 'az3', url: 'http://10.83.1.101:10014' },
    ]);
    expect(targetsOf(region, loadBalancers(region), null).map(({ url }) => url)).toEqual(['http://10.83.0.101:10001', 'http://10.83.0.102:10006', 'http://10.83.0.103:10011']);
    expect(targetsOf(region, endpointsOfService(region, 'storefront'), null)[1]).toEqual({ id: 'az1-storefront-b', zone: 'az1', url: 'http://10.83.0.101:10003' });
  });

  it('lets nobody call what no link leads to: from outside no kitchen, from an AZ no balancer of another', () => {
    const region = compiled('compose');
    expect(targetsOf(region, endpointsOfService(region, 'kitchen'), null)).toEqual([]);
    expect(targetsOf(region, loadBalancers(region), 'az2').map(({ id }) => id)).toEqual(['az2-load-balancer']);
  });

  it('lets everybody call directly where there are no links', () => {
    const region: Region = { ...compiled('compose'), links: [] };
    for (const caller of ['az1', null]) {
      expect(targetsOf(region, endpointsOfService(region, 'kitchen'), caller)[2]).toEqual({ id: 'az2-kitchen-a', zone: 'az2', url: 'http://10.83.2.31:8080' });
    }
  });

  it('puts the API of every link and its eleven ways on embedded ports of their own, link by link', () => {
    const { links } = compiled('embedded');
    expect(links.map(({ name, az, api, proxies }) => [name, az, api.port, proxies.map(({ listen }) => listen.port)])).toEqual(
      [0, 1, 2].map((index) => {
        const api = 21_054 + 12 * index;
        return [`az${index + 1}-link`, `az${index + 1}`, api, Array.from({ length: 11 }, (_, way) => api + 1 + way)];
      }),
    );
  });
});
