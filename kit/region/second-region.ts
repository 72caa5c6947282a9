/**
 * Finds a place for one more region on this machine: a subnet that no route of this machine overlaps and
 * ports that nobody listens on. The search begins at a place of the name's own, so that two files written
 * before either region runs differ too.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Values of the description's variables, by name. */
export interface RegionPlace {
  AZIMUTH_REGION: string;
  AZIMUTH_SUBNET: string;
  AZIMUTH_SHOP_PORT: string;
  AZIMUTH_API_PORT: string;
  AZIMUTH_GRAFANA_PORT: string;
  AZIMUTH_PROMETHEUS_PORT: string;
}

/** A range of IPv4 addresses as numbers, both ends in it. */
interface Range {
  first: number;
  last: number;
}

/** Shop, API, Grafana and Prometheus at 8180, 8190, 8130 and 8140, then 8280, …: below the ports that the kernel hands out. */
const PORT_STEPS = 240;
const OFFSETS = { shop: 80, api: 90, grafana: 30, prometheus: 40 } as const;
/** 10.84 to 10.183: 10.83 is the first region's. */
const SUBNET_STEPS = 100;

/** Null if this machine has no place left. `occupied` is what its routes cover. */
export async function placeForRegion(name: string, occupied: readonly Range[] = occupiedRanges()): Promise<RegionPlace | null> {
  const start = fnv1a(name);
  const subnet = spareSubnet(start, occupied);
  const ports = await sparePorts(start);
  if (subnet === null || ports === null) return null;
  return {
    AZIMUTH_REGION: name,
    AZIMUTH_SUBNET: subnet,
    AZIMUTH_SHOP_PORT: String(ports.shop),
    AZIMUTH_API_PORT: String(ports.api),
    AZIMUTH_GRAFANA_PORT: String(ports.grafana),
    AZIMUTH_PROMETHEUS_PORT: String(ports.prometheus),
  };
}

function spareSubnet(start: number, occupied: readonly Range[]): string | null {
  for (let step = 0; step < SUBNET_STEPS; step += 1) {
    const second = 84 + ((start + step) % SUBNET_STEPS);
    const first = toNumber([10, second, 0, 0]);
    const isFree = occupied.every((range) => range.last < first || range.first > first + 0xffff);
    if (isFree) return `10.${second}`;
  }
  return null;
}

type Ports = Record<keyof typeof OFFSETS, number>;

async function sparePorts(start: number): Promise<Ports | null> {
  for (let step = 0; step < PORT_STEPS; step += 1) {
    const base = 8100 + 100 * ((start + step) % PORT_STEPS);
    const ports: Ports = { shop: base + OFFSETS.shop, api: base + OFFSETS.api, grafana: base + OFFSETS.grafana, prometheus: base + OFFSETS.prometheus };
    const free = await Promise.all(Object.values(ports).map(isFree));
    if (free.every(Boolean)) return ports;
  }
  return null;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function occupiedRanges(): Range[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address, netmask }) => range(fromText(address), fromText(netmask)));
  return [...own, ...routedRanges()];
}

/** Linux lists the networks of stopped containers here, which are no interface that is up. */
function routedRanges(): Range[] {
  let table: string;
  try {
    table = readFileSync('/proc/net/route', 'utf8');
  } catch {
    return [];
  }
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields[7] !== undefined && fields[7] !== '00000000')
    .map((fields) => range(fromHostOrder(fields[1] ?? ''), fromHostOrder(fields[7] ?? '')));
}

function range(address: number, mask: number): Range {
  const first = (address & mask) >>> 0;
  return { first, last: (first | ~mask) >>> 0 };
}

function fromText(address: string): number {
  return toNumber(address.split('.').map(Number));
}

/** `0053A8C0` is 192.168.83.0 on the little-endian machines that Node runs on. */
function fromHostOrder(hex: string): number {
  return toNumber([6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
}

function toNumber(octets: readonly number[]): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function fnv1a(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash;
}
