/**
 * Makes this process the user who owns a folder of the host, before it does anything else: reports that root wrote
 * would be a nuisance to the person who asked for them. The container starts as root with the right to change its user
 * and no other; with rootless Docker the person is root there already, and nothing changes.
 * Linux: capabilities(7), CAP_SETUID and CAP_SETGID.
 */
import { statSync } from 'node:fs';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';

/** What this needs of `process`; functions that are missing outside POSIX. */
export interface OwnProcess {
  getuid?(): number;
  setgroups?(groups: number[]): void;
  setgid?(id: number): void;
  setuid?(id: number): void;
}

/** Whoever runs the programs of the region; for a folder that is not mounted. */
const NOBODY_SPECIAL = 1000;

/** Changes nothing for a process that is not root. @throws CommandFailure when the container may not change its user */
export function becomeOwnerOf(folder: string, self: OwnProcess = process): void {
  if (self.getuid?.() !== 0) return;
  const { uid, gid } = ownerOf(folder);
  try {
    if (gid !== 0 || uid !== 0) {
      self.setgroups?.([]);
      self.setgid?.(gid);
    }
    // Last: who is not root any more may change nothing else.
    if (uid !== 0) self.setuid?.(uid);
  } catch (error) {
    throw new CommandFailure(
      `This container may not become the owner of ${folder} (user ${uid}): ${error instanceof Error ? error.message : String(error)}.`,
      EXIT.ERROR,
      'Give it the capabilities SETUID and SETGID, as docker-compose.yml does.',
    );
  }
}

function ownerOf(folder: string): { uid: number; gid: number } {
  try {
    return statSync(folder);
  } catch {
    return { uid: NOBODY_SPECIAL, gid: NOBODY_SPECIAL };
  }
}
