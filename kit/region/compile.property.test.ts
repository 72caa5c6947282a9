/**
 * Whatever region somebody describes: these hold. A description is generated as data, written as YAML with
 * its keys in any order, and compiled for both bodies.
 */
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { RegionSchema, type Region } from '#contracts/region.ts';
import { compileRegion, type CompileResult } from './compile.ts';
import { regionText } from './serialise.ts';

type Tree = { [key: string]: Tree | Tree[] | string | number | boolean };

const SERVICES = ['storefront', 'kitchen', 'ledger', 'photos'];
const RUNS = { numRuns: 60 };

interface Shape {
  zones: readonly string[];
  services: string[];
  /** Default service of the balancers. */
  entered: string;
  replicas: number;
  hasLinks: boolean;
  environment: Record<string, string | number>;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  zones: fc.subarray([...AVAILABILITY_ZONES], { minLength: 1 }),
  services: fc.subarray(SERVICES, { minLength: 1 }),
  entered: fc.constantFrom(...SERVICES),
  replicas: fc.integer({ min: 1, max: 5 }),
  hasLinks: fc.boolean(),
  environment: fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Z_]{0,12}$/),
    fc.oneof(fc.integer({ min: 0, max: 99_999 }), fc.string({ maxLength: 20 }).map((text) => text.replaceAll('$', '$$$$'))),
    { maxKeys: 5 },
  ),
});

function program(file: string, labels: Tree, name: string, networks: Tree, environment: Tree = {}): Tree {
  return {
    image: 'azimuth:1',
    mem_limit: '96m',
    command: ['node', file] as unknown as Tree[],
    labels: { ...labels, 'azimuth.admin-port': 9000 },
    environment: { ...environment, AZIMUTH_INSTANCE: name },
    networks,
  };
}

function description({ zones, services, entered, replicas, hasLinks, environment }: Shape): Tree {
  const containers: Tree = {
    'front-door': program('services/load-balancer/main.ts', { 'azimuth.role': 'front-door', 'azimuth.port': 8080 }, 'front-door', {
      front: { ipv4_address: '10.83.0.10' },
    }),
  };
  for (const az of zones) {
    const octet = Number(az.slice(2));
    const place = (host: number): string => `10.83.${octet}.${host}`;
    if (hasLinks) {
      const address = `10.83.0.${100 + octet}`;
      const joins = zones.map((other) => [other, { ipv4_address: `10.83.${other.slice(2)}.${100 + octet}` }]);
      containers[`${az}-link`] = {
        command: ['-host', address] as unknown as Tree[],
        labels: { 'azimuth.role': 'link', 'azimuth.az': az },
        networks: { front: { ipv4_address: address }, ...Object.fromEntries(joins) },
      };
    }
    containers[`${az}-load-balancer`] = program(
      'services/load-balancer/main.ts',
      { 'azimuth.role': 'load-balancer', 'azimuth.az': az, 'azimuth.port': 80 },
      `${az}-load-balancer`,
      { [az]: { ipv4_address: place(10), aliases: services as unknown as Tree[] } },
      { LOAD_BALANCER_DEFAULT_SERVICE: entered },
    );
    for (const [index, service] of services.entries()) {
      for (let replica = 1; replica <= replicas; replica += 1) {
        const name = `${az}-${service}-${replica}`;
        const labels = { 'azimuth.role': 'service', 'azimuth.service': service, 'azimuth.az': az, 'azimuth.dc': `${az}-dc${replica}`, 'azimuth.port': 8080 };
        containers[name] = program(`services/${service}/main.ts`, labels, name, { [az]: { ipv4_address: place(20 + 10 * index + replica) } }, environment);
      }
    }
  }
  const networks: Tree = { front: { internal: true, ipam: { config: [{ subnet: '10.83.0.0/24' }] } } };
  for (const az of zones) networks[az] = { internal: true, ipam: { config: [{ subnet: `10.83.${az.slice(2)}.0/24` }] } };
  return { name: '${AZIMUTH_REGION:-azimuth}', services: containers, networks };
}

/** Keys of every mapping in an order given by `seed`; that of `services` only where `path` is not kept. */
function shuffled(tree: Tree, seed: number, keptPath: string | null, path = ''): Tree {
  const entries = Object.entries(tree).map(([key, value], index) => ({ key, value, rank: path === keptPath ? index : rank(`${path}/${key}`, seed) }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(
    entries.map(({ key, value }) => [key, typeof value === 'object' && !Array.isArray(value) ? shuffled(value, seed, keptPath, `${path}/${key}`) : value]),
  );
}

/** FNV-1a: an order that depends on nothing but the key and the seed. */
function rank(text: string, seed: number): number {
  let hash = (2_166_136_261 ^ seed) >>> 0;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619) >>> 0;
  return hash;
}

function compile(tree: Tree, body: Region['body']): CompileResult {
  return compileRegion({ text: stringify(tree), file: 'f.yml', body, variables: {} });
}

function compiled(tree: Tree, body: Region['body']): Region {
  const result = compile(tree, body);
  if ('errors' in result) throw new Error(`${JSON.stringify(result.errors, null, 1)}\n${stringify(tree)}`);
  return result.region;
}

const body = fc.constantFrom('compose' as const, 'embedded' as const);

describe('any valid description', () => {
  it('compiles to a valid document with unique names and addresses', () => {
    fc.assert(
      fc.property(shape, body, (given, kind) => {
        const region = compiled(description(given), kind);
        expect(Value.Check(RegionSchema, region)).toBe(true);
        const names = region.endpoints.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBe(1 + given.zones.length * (1 + Number(given.hasLinks) + given.services.length * given.replicas));
        const ofLinks = region.links.flatMap(({ api, proxies }) => [api, ...proxies.map(({ listen }) => listen)]);
        const places = [...region.endpoints.flatMap(({ address, admin }) => [address, admin]), ...ofLinks].flatMap((place) => (place === null ? [] : `${place.host}:${place.port}`));
        expect(new Set(places).size).toBe(places.length);
      }),
      RUNS,
    );
  });

  it('has embedded ports below those that the kernel hands out, one per use', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const { endpoints, links } = compiled(description(given), 'embedded');
        const ofLinks = links.flatMap(({ api, proxies }) => [api.port, ...proxies.map(({ listen }) => listen.port)]);
        const ports = [...endpoints.flatMap(({ address, admin }) => [address?.port, admin?.port]).filter((port) => port !== undefined), ...ofLinks];
        expect(new Set(ports).size).toBe(ports.length);
        expect(ports.every((port) => port >= 21_000 && port < 32_768)).toBe(true);
      }),
      RUNS,
    );
  });

  it('has one link in every AZ or none at all, and one way for everybody who may call, to where the callee listens', () => {
    fc.assert(
      fc.property(shape, body, (given, kind) => {
        const region = compiled(description(given), kind);
        expect(region.links.map(({ az }) => az)).toEqual(given.hasLinks ? given.zones : []);
        for (const { az, proxies } of region.links) {
          const replicas = region.endpoints.filter(({ role }) => role === 'service');
          const outbound = replicas.filter((endpoint) => endpoint.az !== az);
          const inbound = region.endpoints.filter((one) => one.az === az && (one.role === 'load-balancer' || one.service === given.entered));
          expect(proxies.filter(({ from }) => from === az).map(({ name }) => name)).toEqual(outbound.map(({ name }) => name));
          expect(proxies.filter(({ from }) => from === null).map(({ name }) => name)).toEqual(inbound.map(({ name }) => name));
          for (const { name, from, to, upstream, baseLatencyMs } of proxies) {
            const endpoint = region.endpoints.find((one) => one.name === name);
            expect([to, upstream]).toEqual([endpoint?.az, endpoint?.address]);
            expect(baseLatencyMs).toBe(from === null ? 0 : 1);
          }
        }
      }),
      RUNS,
    );
  });

  it('lets no AZ stand where another\'s link listens', () => {
    fc.assert(
      fc.property(shape, (given) => {
        for (const { az, api, proxies } of compiled(description(given), 'compose').links) {
          expect(api.host).toMatch(/^10\.83\.0\./);
          for (const { from, listen } of proxies) expect(listen.host.startsWith(from === null ? '10.83.0.' : `10.83.${az.slice(2)}.`)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('gives every replica the environment that was written', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const wanted = Object.fromEntries(Object.entries(given.environment).map(([key, value]) => [key, String(value).replaceAll('$$', '$')]));
        const replicas = compiled(description(given), 'compose').endpoints.filter(({ role }) => role === 'service');
        expect(replicas.length).toBeGreaterThan(0);
        for (const { environment } of replicas) expect(environment).toEqual(wanted);
      }),
      RUNS,
    );
  });

  it('survives being written and read', () => {
    fc.assert(
      fc.property(shape, body, (given, kind) => {
        const region = compiled(description(given), kind);
        const read: unknown = JSON.parse(regionText(region));
        expect(read).toEqual(region);
        expect(regionText(read as Region)).toBe(regionText(region));
      }),
      RUNS,
    );
  });

  it('means the same, byte for byte, whatever the order of its keys', () => {
    fc.assert(
      fc.property(shape, body, fc.nat(), (given, kind, seed) => {
        const tree = description(given);
        // The order of the containers is the one order that counts: embedded ports go by it.
        expect(regionText(compiled(shuffled(tree, seed, '/services'), kind))).toBe(regionText(compiled(tree, kind)));
      }),
      RUNS,
    );
  });

  it('is the same region whatever the order of its containers', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (given, seed) => {
        const byName = (region: Region): unknown => region.endpoints.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const tree = description(given);
        expect(byName(compiled(shuffled(tree, seed, null), 'compose'))).toEqual(byName(compiled(tree, 'compose')));
      }),
      RUNS,
    );
  });

  it('is refused as soon as a key that nobody reads stands anywhere in it', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (given, pick) => {
        const tree = description(given);
        const places = closedMappings(tree);
        const place = places[pick % places.length];
        expect(place).toBeDefined();
        if (place !== undefined) place['azimuth.unheard-of'] = 'x';
        const result = compile(tree, 'compose');
        expect('errors' in result && result.errors.some(({ message }) => message.includes('azimuth.unheard-of'))).toBe(true);
      }),
      RUNS,
    );
  });
});

/** Every mapping whose keys are not names that the author chooses. */
function closedMappings(tree: Tree): Tree[] {
  const { services, networks } = tree as { services: Record<string, Tree>; networks: Record<string, Tree> };
  const found = [tree];
  for (const container of Object.values(services)) {
    found.push(container, container['labels'] as Tree, ...(Object.values(container['networks'] as Tree) as Tree[]));
  }
  for (const network of Object.values(networks)) {
    const { ipam } = network as { ipam: { config: Tree[] } };
    found.push(network, ipam as unknown as Tree, ...ipam.config);
  }
  return found;
}
