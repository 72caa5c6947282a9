/**
 * Makes every image that the shipped files name present in an engine that no registry fills: stand-ins under the very
 * tags, then the shipped image on top of them. An image that somebody else put there is never replaced, and one of ours
 * only when what it is made from has changed.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine/find-engine.ts';
import { withInstallLock } from '../install-lock.mjs';
import { cacheFolder } from '../reference/go-program.ts';
import { ROOT } from '../tool.ts';
import { KEY_LABEL, STAND_IN_LABEL, buildImage, labelsOf } from './build-image.ts';
import { readBases, readCompose, type ImageName, type ShippedImages } from './description.ts';
import { RECIPES, UNOBTAINABLE, isOfVersion, type Recipe } from './recipes.ts';

type Say = (text: string) => void;

export function shippedImages(environment: NodeJS.ProcessEnv = process.env): ShippedImages {
  return readCompose(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), environment);
}

/** Images that cannot be had are told of and left out. Null when all others are there, else a sentence. */
export async function ensureStandIns(engine: Engine, say: Say): Promise<string | null> {
  const workshop = join(cacheFolder(), 'stand-ins');
  return withInstallLock(`${workshop}.lock`, say, async () => {
    // What an earlier run left when it was killed.
    rmSync(workshop, { recursive: true, force: true });
    mkdirSync(workshop, { recursive: true });
    try {
      return await ensureEach(engine, workshop, say);
    } finally {
      rmSync(workshop, { recursive: true, force: true });
    }
  });
}

async function ensureEach(engine: Engine, workshop: string, say: Say): Promise<string | null> {
  const { others, ours } = shippedImages();
  const bases = ours.flatMap(({ dockerfile }) => readBases(readFileSync(join(ROOT, dockerfile), 'utf8')));
  for (const wanted of [...bases, ...others]) {
    const complaint = await ensureStandIn(engine, wanted, workshop, say);
    if (complaint !== null) return complaint;
  }
  return null;
}

async function ensureStandIn(engine: Engine, wanted: ImageName, workshop: string, say: Say): Promise<string | null> {
  const image = `${wanted.repository}:${wanted.tag}`;
  const there = await labelsOf(engine, image);
  if (there !== null && there[STAND_IN_LABEL] !== 'true') return null;
  const why = UNOBTAINABLE[wanted.repository];
  if (why !== undefined) {
    say(`Left out: ${image}, for which nothing can stand in (${why}).`);
    return null;
  }
  const recipe = RECIPES[wanted.repository];
  if (recipe === undefined) return `There is no stand-in for ${image}. Pull it, or write one in scripts/stand-ins/recipes.ts.`;
  if (!isOfVersion(wanted.tag, recipe.version)) return `The stand-in for ${image} would hold ${recipe.version}: make the two one version.`;
  const key = keyOf(recipe, engine.cpu);
  if (there?.[KEY_LABEL] === key) return null;
  say(`building a stand-in for ${image} …`);
  const context = mkdtempSync(join(workshop, 'context-'));
  cpSync(recipe.folder, context, { recursive: true });
  const filled = await recipe.fill(context, wanted, engine, say);
  if ('missing' in filled) return `There is no stand-in for ${image}: ${filled.missing}`;
  return buildImage(engine, { image, context, args: filled.args, labels: { [STAND_IN_LABEL]: 'true', [KEY_LABEL]: key } });
}

/** Changes with the recipe's files, the program's version and the processor. */
export function keyOf({ folder, version }: Pick<Recipe, 'folder' | 'version'>, cpu: string): string {
  const hash = createHash('sha256').update(`${version} ${cpu}\n`);
  for (const name of readdirSync(folder).filter((one) => one !== 'node_modules').sort()) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
