/**
 * The description of the region that is about to start, with ports that are free: compiled from
 * `docker-compose.yml`, the single source of both bodies.
 */
import { join } from 'node:path';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Region } from '#contracts/region.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { DEFAULT_REGION } from '#kit/find-region.ts';
import { PORT_BASE } from '#kit/region/compile.ts';
import { compileFile } from '#kit/region/compile-file.ts';
import { holderText } from './beside-containers.ts';
import { CHECKOUT } from './checkout.ts';
import { portsOf, takenPorts } from './ports.ts';

const SHOP_PORT = 8080;
const API_PORT = 8090;
/** Distance between the port sets of two regions; a region has some eighty ports, half of them its links', and two that people use. */
const SET_STEP = 200;
const PUBLISHED_STEP = 20;
const SETS = 20;

export interface DescribeOptions {
  region: string;
  /** Null leaves it to the environment. */
  rescue: boolean | null;
  env: NodeJS.ProcessEnv;
}

/**
 * @returns the region with addresses that nobody listens on
 * @throws ConfigError for a description that is none; CommandFailure USAGE for ports that are taken
 */
export async function describeRegion({ region, rescue, env }: DescribeOptions): Promise<Region> {
  const variables = { ...env, AZIMUTH_REGION: region, ...(rescue === null ? {} : { AZIMUTH_RESCUE: rescue ? 'on' : 'off' }) };
  const compile = (set: number): Region =>
    compileFile(join(CHECKOUT, 'docker-compose.yml'), {
      body: 'embedded',
      variables: {
        ...variables,
        AZIMUTH_SHOP_PORT: env['AZIMUTH_SHOP_PORT'] || String(SHOP_PORT + set * PUBLISHED_STEP),
        AZIMUTH_API_PORT: env['AZIMUTH_API_PORT'] || String(API_PORT + set * PUBLISHED_STEP),
      },
      portBase: PORT_BASE + set * SET_STEP,
    });
  const sets = region === DEFAULT_REGION ? [0] : Array.from({ length: SETS }, (_, index) => index + 1);
  let taken: Awaited<ReturnType<typeof takenPorts>> = [];
  for (const set of sets) {
    const compiled = compile(set);
    taken = await takenPorts(portsOf(compiled));
    if (taken.length === 0) return compiled;
  }
  const shown = taken.slice(0, 5).map(({ port, owner }) => `${port} (${owner})`).join(', ');
  const more = taken.length > 5 ? ` and ${taken.length - 5} more` : '';
  throw new CommandFailure(
    `${taken.length === 1 ? 'A port is' : 'Ports are'} taken on 127.0.0.1: ${shown}${more}${await holderText(taken.map(({ port }) => port))}. Nothing was started.`,
    EXIT.USAGE,
    'Stop what listens there ("./azimuth doctor" looks), set AZIMUTH_SHOP_PORT or AZIMUTH_API_PORT for the two that are published, ' +
      'or give the region another name, which takes free ports: AZIMUTH_REGION=b npm start.',
  );
}
