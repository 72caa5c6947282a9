/**
 * Which images the shipped files name: docker-compose.yml those of its services, the Dockerfile its base. Read from
 * there and nowhere repeated, so that a stand-in never has a tag that nobody asks for.
 */
import { parse } from 'yaml';
import { substitute, type Variables } from '#kit/region/variables.ts';

export interface ImageName {
  /** Such as `prom/prometheus`. */
  repository: string;
  tag: string;
}

export interface ShippedImages {
  /** Others' images, each once. */
  others: readonly ImageName[];
  /** Ours: what is built, and from which file of the checkout. */
  ours: readonly { image: string; dockerfile: string }[];
  services: number;
}

interface Service {
  image?: string;
  build?: string | { dockerfile?: string };
}

/** @throws Error on a service that names no image, or on a name that is not understood */
export function readCompose(text: string, variables: Variables): ShippedImages {
  const { services = {} } = parse(text, { merge: true }) as { services?: Record<string, Service> };
  const others = new Map<string, ImageName>();
  const ours = new Map<string, string>();
  for (const [name, { image, build }] of Object.entries(services)) {
    if (image === undefined) throw new Error(`docker-compose.yml: service "${name}" names no image`);
    const full = substitute(image, variables).text;
    if (build === undefined) others.set(full, readImageName(full));
    else ours.set(full, (typeof build === 'string' ? undefined : build.dockerfile) ?? 'Dockerfile');
  }
  // What one service builds, others use.
  for (const image of ours.keys()) others.delete(image);
  return { others: [...others.values()], ours: [...ours].map(([image, dockerfile]) => ({ image, dockerfile })), services: Object.keys(services).length };
}

/** Images that the file's stages begin with, its own stages and `scratch` left out. */
export function readBases(dockerfile: string): ImageName[] {
  const stages = new Set(['scratch']);
  const values = new Map<string, string>();
  const bases: ImageName[] = [];
  for (const line of dockerfile.split('\n')) {
    const argument = /^\s*ARG\s+(\w+)=(\S+)/i.exec(line);
    if (argument !== null) values.set(argument[1] as string, (argument[2] as string).replace(/^"(.*)"$/, '$1'));
    const [, from, stage] = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (from === undefined) continue;
    const image = from.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => values.get(name) ?? whole);
    if (!stages.has(image)) bases.push(readImageName(image));
    if (stage !== undefined) stages.add(stage);
  }
  return bases;
}

/** Identifiers of the secrets that the file's steps are given. */
export function readSecrets(dockerfile: string): string[] {
  const found = [...dockerfile.matchAll(/--mount=(\S*type=secret\S*)/g)].map(([, options = '']) => /(?:^|,)id=([^,\s]+)/.exec(options)?.[1]);
  return [...new Set(found.filter((id) => id !== undefined))];
}

function readImageName(image: string): ImageName {
  const [, repository, tag] = /^([a-z0-9./_-]+(?::\d+\/[a-z0-9./_-]+)?):([\w.-]+)$/.exec(image) ?? [];
  if (repository === undefined || tag === undefined) throw new Error(`the image "${image}" is not named by repository and tag alone`);
  return { repository, tag };
}
