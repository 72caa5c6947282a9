/**
 * Builds one image in the engine. By Compose's own builder, because Debian's client has no BuildKit, and the old builder
 * no secrets: registry settings of this machine are needed while an image is built and must not end up in it.
 */
import { lastWords, run } from '../engine/command.ts';
import type { Engine } from '../engine/find-engine.ts';

const BUILD_MS_MAX = 900_000;
const ASK_MS_MAX = 30_000;

/** Compose writes it on every image that it builds. */
export const BUILD_PROJECT = 'azimuth-images';

/** On every image of ours that stands in for another's. */
export const STAND_IN_LABEL = 'azimuth.stand-in';
/** What it was made from: another content, another stand-in. */
export const KEY_LABEL = 'azimuth.stand-in.key';

export interface ImageBuild {
  image: string;
  context: string;
  dockerfile?: string;
  args?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  /** File by the identifier that the Dockerfile mounts it under. */
  secrets?: Readonly<Record<string, string>>;
}

/** Null when it was built, else a sentence. */
export async function buildImage(engine: Engine, build: ImageBuild): Promise<string | null> {
  const ran = await run(['docker', 'compose', '--progress', 'plain', '--file', '-', 'build'], {
    env: { ...process.env, ...engine.env },
    input: JSON.stringify(composeFile(build, engine.isOwn)),
    limitMs: BUILD_MS_MAX,
  });
  return ran.code === 0 ? null : `Building ${build.image} failed:\n  ${lastWords(ran, 12, '\n  ')}`;
}

/** A description with nothing in it but the build. */
export function composeFile({ image, context, dockerfile, args, labels, secrets = {} }: ImageBuild, isOwnEngine: boolean): object {
  return {
    name: BUILD_PROJECT,
    services: {
      image: {
        image,
        build: {
          context,
          ...(dockerfile === undefined ? {} : { dockerfile }),
          ...(args === undefined ? {} : { args }),
          ...(labels === undefined ? {} : { labels }),
          secrets: Object.keys(secrets),
          // Where we start the engine, the machine's own network is what is known to reach a registry.
          ...(isOwnEngine ? { network: 'host' } : {}),
        },
      },
    },
    secrets: Object.fromEntries(Object.entries(secrets).map(([id, file]) => [id, { file }])),
  };
}

/** Labels of an image that the engine has, else null. */
export async function labelsOf(engine: Engine, image: string): Promise<Readonly<Record<string, string>> | null> {
  const asked = await run(['docker', 'image', 'inspect', '--format', '{{json .Config.Labels}}', image], { env: { ...process.env, ...engine.env }, limitMs: ASK_MS_MAX });
  return asked.code === 0 ? ((JSON.parse(asked.stdout) as Record<string, string> | null) ?? {}) : null;
}
