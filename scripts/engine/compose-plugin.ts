/**
 * Docker Compose for a client that has none, or one that is too old to read the description. It goes into a settings
 * folder of our own beside links to the user's, whose own folder is not touched.
 * https://docs.docker.com/reference/cli/docker/#environment-variables (DOCKER_CONFIG)
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../reference/go-program.ts';
import { findCompose } from '../reference/compose-binary.ts';
import { run } from './command.ts';
import type { Engine } from './find-engine.ts';

/** Older ones do not know all that docker-compose.yml says. */
const OLDEST: readonly [number, number] = [2, 24];
const ASK_MS_MAX = 15_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The engine with a client that has Compose, or a sentence why there is none. */
export async function withCompose(engine: Engine, say: (text: string) => void, environment: Environment = process.env): Promise<{ engine: Engine } | { missing: string }> {
  const there = await run(['docker', 'compose', 'version', '--short'], { env: { ...environment, ...engine.env }, limitMs: ASK_MS_MAX });
  if (there.code === 0 && isRecent(there.stdout)) return { engine };
  const found = await findCompose(say, environment);
  if ('missing' in found) return found;
  return { engine: { ...engine, env: { ...engine.env, DOCKER_CONFIG: settingsWith(found.path, environment) } } };
}

export function isRecent(version: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return major !== undefined && (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]));
}

/** A settings folder that is the user's, with `plugin` in it. */
function settingsWith(plugin: string, environment: Environment): string {
  const folder = join(cacheFolder(environment), 'docker-client');
  const theirs = environment['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  if (theirs === folder) return folder;
  link(plugin, join(folder, 'cli-plugins', 'docker-compose'));
  // Dangling where the user has none, which the client takes for none.
  for (const name of ['config.json', 'contexts']) link(join(theirs, name), join(folder, name));
  return folder;
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
