/**
 * Who this process is and how it is set up: read once at start from its own variables, from those that every
 * program of the region gets, and from the region's description. Place and addresses come from there; the
 * boot id is new every time, so that a restart cannot go unnoticed.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Type, type Static, type TObject } from 'typebox';
import type { Endpoint, NetworkAddress, Region } from '#contracts/region.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLogger, LOG_LEVELS } from './log.ts';
import { findInstance, readRegion } from './region-file.ts';

/** What every program of a region is told. */
const CommonConfig = Type.Object({
  AZIMUTH_REGION_FILE: Type.String({ description: 'path of region.json' }),
  AZIMUTH_INSTANCE: Type.String({ description: "this program's endpoint name in region.json" }),
  AZIMUTH_VERSION: Type.String({ default: '0.0.0' }),
  LOG_LEVEL: Type.Enum([...LOG_LEVELS], { default: 'warn' }),
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

export interface ProgramSetup<S extends TObject> {
  config: Readonly<Static<S>>;
  instance: Instance;
  log: Logger;
}

/**
 * @param schema the program's own variables
 * @throws ConfigError naming every bad variable, own and common, in one message; or saying that the
 *   description is unusable or lacks this endpoint
 */
export function readProgram<S extends TObject>(schema: S, env: NodeJS.ProcessEnv = process.env): ProgramSetup<S> {
  const everything = readConfig(Type.Object({ ...CommonConfig.properties, ...schema.properties }), env);
  const common = everything as Readonly<Static<typeof CommonConfig>>;
  const region = readRegion(common.AZIMUTH_REGION_FILE);
  const instance: Instance = {
    id: common.AZIMUTH_INSTANCE,
    bootId: randomUUID(),
    version: common.AZIMUTH_VERSION,
    endpoint: findInstance(region, common.AZIMUTH_INSTANCE),
    region,
    regionFile: common.AZIMUTH_REGION_FILE,
  };
  return { config: everything as Readonly<Static<S>>, instance, log: createLogger(instance.id, common.LOG_LEVEL) };
}

/** @throws ConfigError when the description gives the endpoint no such address. */
export function requireAddress(instance: Instance, which: 'address' | 'admin'): NetworkAddress {
  const address = instance.endpoint[which];
  if (address === null) throw new ConfigError(`endpoint "${instance.id}" has no ${which} in ${instance.regionFile}`);
  return address;
}
