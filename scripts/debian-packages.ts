/**
 * Installs packages of Debian where a machine does not have what is in them. Guards against an engine that the installation
 * starts by itself on a machine without a service manager: it would run with the shares of a single program
 * (engine/processor-shares.ts).
 */
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { lastWords, run } from './engine/command.ts';

/** Program → the package that brings it. */
export type NeededPackages = Readonly<Record<string, string>>;

/** An ordinary user's PATH leaves these out. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];
/** Consulted before a package's service is started. https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt */
const POLICY = '/usr/sbin/policy-rc.d';
const INSTALL_MS_MAX = 600_000;

/** Path of a program of the system, or null. */
export function systemProgram(name: string, environment: NodeJS.ProcessEnv = process.env): string | null {
  for (const folder of [...(environment['PATH'] ?? '').split(delimiter).filter((one) => one !== ''), ...SYSTEM_FOLDERS]) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // The next one.
    }
  }
  return null;
}

/** Null when all is there, else a sentence. */
export async function installPackages(needed: NeededPackages, say: (text: string) => void): Promise<string | null> {
  const packages = [...new Set(Object.entries(needed).filter(([name]) => systemProgram(name) === null).map(([, name]) => name))];
  if (packages.length === 0) return null;
  const byHand = `Install ${packages.join(' and ')} yourself and run this again.`;
  if (systemProgram('apt-get') === null) return `This system has no apt-get. ${byHand}`;
  if (process.getuid?.() !== 0) return `Only root can install packages. ${byHand}`;
  say(`installing ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const holdsServices = !existsSync('/run/systemd/system') && !existsSync(POLICY);
  if (holdsServices) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const words of [['update', '-qq'], ['install', '-y', '-qq', '--no-install-recommends', ...packages]]) {
      const ran = await run(['apt-get', ...words], { env, limitMs: INSTALL_MS_MAX });
      if (ran.code !== 0) return `"apt-get ${words.join(' ')}" failed: ${lastWords(ran)}. ${byHand}`;
    }
    return null;
  } finally {
    if (holdsServices) rmSync(POLICY, { force: true });
  }
}
