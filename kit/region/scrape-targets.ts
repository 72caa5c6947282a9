/**
 * What a Prometheus scrapes of a region, as its file-based service discovery reads it. Who made a metric is said here
 * and nowhere else: a process that named its own AZ could name another than the description does.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
 */
import { dirname, join } from 'node:path';
import type { Endpoint, NetworkAddress, Region } from '#contracts/region.ts';
import { writeWhole } from './write-whole.ts';

/** Beside `region.json`. */
const TARGETS_FILE = 'targets.json';

interface TargetGroup {
  targets: [string];
  labels: Record<string, string>;
}

/** A group for each program of ours and each link, in the order of the description. */
export function scrapeTargets(region: Region): TargetGroup[] {
  return region.endpoints.flatMap((endpoint) => {
    const at = metricsAt(region, endpoint);
    if (at === null) return [];
    const { name, az, dc, role, service } = endpoint;
    const labels = Object.entries({ region: region.region, az, dc, role, service, instance: name }).filter((label): label is [string, string] => label[1] !== null);
    return [{ targets: [`${at.host}:${at.port}`], labels: Object.fromEntries(labels) }];
  });
}

/** @param regionFile path of the `region.json` that it belongs to; throws what the file system throws */
export function writeTargets(regionFile: string, region: Region): void {
  writeWhole(join(dirname(regionFile), TARGETS_FILE), `${JSON.stringify(scrapeTargets(region), null, 2)}\n`);
}

/** A link's metrics are at its API, whoever made it. Null for what has none, or has them for others than us. */
function metricsAt({ links }: Region, { name, admin }: Endpoint): NetworkAddress | null {
  return links.find((link) => link.name === name)?.api ?? admin;
}
