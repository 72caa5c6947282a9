/**
 * Builds the shipped Dockerfile as it stands, from the checkout as it is. This machine's way to its npm registry
 * (settings, certificates) is lent to the build as secrets, under the identifiers that the Dockerfile mounts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../engine/command.ts';
import type { Engine } from '../engine/find-engine.ts';
import { ROOT } from '../tool.ts';
import { BUILD_PROJECT, buildImage } from './build-image.ts';
import { readSecrets } from './description.ts';
import { shippedImages } from './stand-ins.ts';

const PRUNE_MS_MAX = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a secret's content lies on this machine, by its identifier. */
const SOURCES: Readonly<Record<string, (environment: Environment) => string | undefined>> = {
  npmrc: (environment) => environment['NPM_CONFIG_USERCONFIG'] ?? environment['npm_config_userconfig'] ?? join(homedir(), '.npmrc'),
  'ca-certificates': (environment) => environment['NODE_EXTRA_CA_CERTS'],
};

/** Null when it was built, else a sentence. */
export async function buildShippedImage(engine: Engine, say: (text: string) => void): Promise<string | null> {
  for (const { image, dockerfile } of shippedImages().ours) {
    say(`building ${image} …`);
    const secrets = secretsFor(readSecrets(readFileSync(join(ROOT, dockerfile), 'utf8')), process.env);
    const complaint = await buildImage(engine, { image, context: ROOT, dockerfile, secrets });
    if (complaint !== null) return complaint;
  }
  // What this build has replaced, which would otherwise fill the disk one checkout at a time.
  await run(['docker', 'image', 'prune', '--force', '--filter', `label=com.docker.compose.project=${BUILD_PROJECT}`], { env: { ...process.env, ...engine.env }, limitMs: PRUNE_MS_MAX });
  return null;
}

/** Files of this machine for those identifiers; what it has not is left out, which the Dockerfile must allow. */
export function secretsFor(identifiers: readonly string[], environment: Environment): Record<string, string> {
  const found = identifiers.map((id) => [id, SOURCES[id]?.(environment)] as const);
  return Object.fromEntries(found.filter((one): one is readonly [string, string] => one[1] !== undefined && one[1] !== '' && existsSync(one[1])));
}
