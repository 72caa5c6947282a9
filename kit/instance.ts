/**
 * Who this process is: read once at start from the two variables that every program of the region gets and
 * from the region's description. Place and addresses come from there; the boot id is new every time, so
 * that a restart cannot go unnoticed.
 */
import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import type { Endpoint, NetworkAddress, Region } from '#contracts/region.ts';
import { ConfigError, readConfig } from './config.ts';
import { findInstance, readRegion } from './region-file.ts';

const InstanceConfig = Type.Object({
  AZIMUTH_REGION_FILE: Type.String({ description: 'path of region.json' }),
  AZIMUTH_INSTANCE: Type.String({ description: "this program's endpoint name in region.json" }),
  AZIMUTH_VERSION: Type.String({ default: '0.0.0' }),
});

export interface Instance {
  /** Endpoint name. */
  id: string;
  /** New at every start of the process. */
  bootId: string;
  version: string;
  endpoint: Endpoint;
  region: Region;
  regionFile: string;
}

/** @throws ConfigError when a variable is missing, or the description is unusable or lacks this endpoint. */
export function readInstance(env: NodeJS.ProcessEnv = process.env): Instance {
  const config = readConfig(InstanceConfig, env);
  const region = readRegion(config.AZIMUTH_REGION_FILE);
  return {
    id: config.AZIMUTH_INSTANCE,
    bootId: randomUUID(),
    version: config.AZIMUTH_VERSION,
    endpoint: findInstance(region, config.AZIMUTH_INSTANCE),
    region,
    regionFile: config.AZIMUTH_REGION_FILE,
  };
}

/** @throws ConfigError when the description gives the endpoint no such address. */
export function requireAddress(instance: Instance, which: 'address' | 'admin'): NetworkAddress {
  const address = instance.endpoint[which];
  if (address === null) throw new ConfigError(`endpoint "${instance.id}" has no ${which} in ${instance.regionFile}`);
  return address;
}
