/** The base of stand-ins that need a system below their program: Debian as mmdebstrap makes it, from Debian's mirrors. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastWords, run } from '../engine/command.ts';
import type { Engine } from '../engine/find-engine.ts';
import { systemProgram } from '../debian-packages.ts';
import { KEY_LABEL, STAND_IN_LABEL, labelsOf } from './build-image.ts';

const PACKAGES = ['bash', 'ca-certificates'];
const MAKE_MS_MAX = 600_000;
const DEBIAN_CPUS: Readonly<Record<string, string>> = { x64: 'amd64' };

/** Tag of the base in the engine, which is made first if need be (in `folder`), or a sentence. */
export async function ensureDebian(engine: Engine, suite: string, folder: string, say: (text: string) => void): Promise<{ image: string } | { missing: string }> {
  const image = `azimuth-stand-in-debian:${suite}`;
  const key = PACKAGES.join(' ');
  if ((await labelsOf(engine, image))?.[KEY_LABEL] === key) return { image };
  const program = systemProgram('mmdebstrap');
  if (program === null) return { missing: 'A stand-in for a Debian image is made by mmdebstrap, which this machine has not: install it (Debian and Ubuntu have it as a package).' };
  say(`making Debian ${suite} …`);
  const tar = join(folder, 'debian.tar');
  try {
    const made = await run([...inOwnMounts(program), '--variant=minbase', `--architectures=${DEBIAN_CPUS[engine.cpu] ?? engine.cpu}`, `--include=${PACKAGES.join(',')}`, suite, tar], { env: { ...process.env, TMPDIR: folder }, limitMs: MAKE_MS_MAX });
    if (made.code !== 0) return { missing: `mmdebstrap failed: ${lastWords(made)}.` };
    const imported = await run(['docker', 'import', '--change', `LABEL ${STAND_IN_LABEL}=true ${KEY_LABEL}="${key}"`, tar, image], { env: { ...process.env, ...engine.env }, limitMs: MAKE_MS_MAX });
    return imported.code === 0 ? { image } : { missing: `The engine does not take the image ${image}: ${lastWords(imported)}.` };
  } finally {
    rmSync(tar, { force: true });
  }
}

/** As root, mmdebstrap mounts into what it makes; mounts of a namespace of its own end with it, however it ends. */
function inOwnMounts(program: string): [string, ...string[]] {
  return process.getuid?.() === 0 ? ['unshare', '--mount', program] : [program];
}
