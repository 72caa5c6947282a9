/**
 * Programs of others that some tests ask, and leave out with the reason where there are none: a browser, and the command of
 * Chaos Toolkit. Whoever cannot have them here is told so, and the tests run without.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { installPackages, systemProgram } from './debian-packages.ts';
import { lastWords, run } from './engine/command.ts';

const PACKAGES = { chromium: 'chromium', python3: 'python3' } as const;
/** Of Debian a package of its own, without a program. */
const VENV_PACKAGE = 'python3-venv';
/** Where docs/chaos-toolkit.md puts it, and the tests look for it. */
const TOOLKIT = join(homedir(), '.cache', 'azimuth', 'chaostoolkit');
const INSTALL_MS_MAX = 300_000;

type Say = (text: string) => void;

/** What is there is left as it is. */
export async function installTestPrograms(say: Say): Promise<void> {
  const complaints = [await installPackages(PACKAGES, say), await installToolkit(say)];
  for (const complaint of complaints) if (complaint !== null) say(`Tests that ask it are left out: ${complaint}`);
}

/** Null when it is there, else a sentence. */
async function installToolkit(say: Say): Promise<string | null> {
  if (existsSync(join(TOOLKIT, 'bin', 'chaos'))) return null;
  const python = systemProgram('python3');
  if (python === null) return 'Chaos Toolkit needs Python 3.';
  say('installing Chaos Toolkit …');
  const limited = { limitMs: INSTALL_MS_MAX };
  if ((await run([python, '-c', 'import ensurepip'], limited)).code !== 0) await installPackages({ [VENV_PACKAGE]: VENV_PACKAGE }, say);
  const steps: [string, ...string[]][] = [[python, '-m', 'venv', TOOLKIT], [join(TOOLKIT, 'bin', 'pip'), 'install', '--quiet', 'chaostoolkit']];
  for (const words of steps) {
    const ran = await run(words, limited);
    if (ran.code !== 0) return `"${words.join(' ')}" failed: ${lastWords(ran)}.`;
  }
  return null;
}
