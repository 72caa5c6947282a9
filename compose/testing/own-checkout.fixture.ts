/** A checkout of somebody who is not root, as a clone of theirs would be: what containers leave in it must be theirs. */
import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT } from './place.fixture.ts';

/** Somebody else than who runs the tests, where that is root; else the one who does. */
const OWNER = process.getuid?.() === 0 ? 1234 : (process.getuid?.() ?? 0);

/** What a clone has, without its history. @returns its folder, to be removed by who asked */
export function ownCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-checkout-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached'], { cwd: CHECKOUT, encoding: 'utf8' }).split('\0').filter((name) => name !== '' && existsSync(join(CHECKOUT, name)));
  for (const name of files) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    cpSync(join(CHECKOUT, name), join(folder, name), { force: true });
  }
  for (const path of [folder, ...everythingIn(folder)]) chownSync(path, OWNER, OWNER);
  return folder;
}

/** Paths below the folder that do not belong to whoever owns the checkout. */
export function strangersIn(folder: string): string[] {
  return everythingIn(folder).filter((path) => statSync(path).uid !== OWNER);
}

function everythingIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}
