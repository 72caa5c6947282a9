/**
 * Writes `region.json` for the Compose body, and beside it what Prometheus scrapes, then ends: every other container
 * waits for it. It compiles the same file that Docker was given, with the same variables, so that programs and Docker
 * agree on addresses.
 */
import { Type } from 'typebox';
import { ConfigError, readConfig } from '#kit/config.ts';
import { compileFile } from '#kit/region/compile-file.ts';
import { writeTargets } from '#kit/region/scrape-targets.ts';
import { writeRegion } from '#kit/region/serialise.ts';

const RegionConfig = Type.Object({
  AZIMUTH_DESCRIPTION_FILE: Type.String({ description: "path of the region's docker-compose.yml" }),
  AZIMUTH_REGION_FILE: Type.String({ description: 'path of the region.json to write' }),
});

/**
 * @returns what was done, for the log
 * @throws ConfigError for a bad environment, a bad description, or a file that cannot be written
 */
export function describeRegion(env: NodeJS.ProcessEnv): string {
  const config = readConfig(RegionConfig, env);
  const region = compileFile(config.AZIMUTH_DESCRIPTION_FILE, { body: 'compose', variables: env });
  try {
    writeRegion(config.AZIMUTH_REGION_FILE, region);
    writeTargets(config.AZIMUTH_REGION_FILE, region);
  } catch (error) {
    throw new ConfigError(`cannot write ${config.AZIMUTH_REGION_FILE}: ${(error as Error).message}`);
  }
  return `region ${region.region}: ${region.endpoints.length} endpoints written to ${config.AZIMUTH_REGION_FILE}`;
}
