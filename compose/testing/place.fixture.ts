/**
 * Where the tests' region stands: a project, ports and a subnet of its own, so that a region that somebody runs on the
 * same engine is neither met nor touched.
 */
import { join } from 'node:path';

export const CHECKOUT = join(import.meta.dirname, '..', '..');
export const REGION = 'azimuth-test';
export const SUBNET = '10.187';
const PORT = { shop: 27_180, api: 27_190, grafana: 27_130, prometheus: 27_191 } as const;

export const SHOP = `http://127.0.0.1:${PORT.shop}`;
export const API = `http://127.0.0.1:${PORT.api}`;
export const PROMETHEUS = `http://127.0.0.1:${PORT.prometheus}`;
export const GRAFANA = `http://127.0.0.1:${PORT.grafana}`;
export const PUBLISHED_PORTS: readonly number[] = Object.values(PORT);

/** What Docker Compose and `./azimuth` read. */
export const PLACE: Readonly<Record<string, string>> = {
  AZIMUTH_REGION: REGION,
  AZIMUTH_SUBNET: SUBNET,
  AZIMUTH_SHOP_PORT: String(PORT.shop),
  AZIMUTH_API_PORT: String(PORT.api),
  AZIMUTH_GRAFANA_PORT: String(PORT.grafana),
  AZIMUTH_PROMETHEUS_PORT: String(PORT.prometheus),
};

/** CI machines are small and shared: half the rate, and wider bars on time. Figures are printed either way. */
export const IS_CI = (process.env['CI'] ?? '') !== '';
/** Orders per second under which experiments run; null for the designed peak. */
export const RATE = IS_CI ? 150 : null;

/** Networks by their last but one octet. */
const NETWORK_OCTET = { front: 0, az1: 1, az2: 2, az3: 3, street: 4, observers: 5 } as const;

export function addressOn(network: keyof typeof NETWORK_OCTET, lastOctet: number): string {
  return `${SUBNET}.${NETWORK_OCTET[network]}.${lastOctet}`;
}

/** A figure for whoever reads the run, kept out of the way of results. */
export function tell(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
