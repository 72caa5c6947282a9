/**
 * Makes sure, before anything starts, that the region's state has a place: a folder that can be made and room
 * for logs and compiled code. Found out later, a full disk would leave a region half up.
 */
import { mkdirSync, statfsSync } from 'node:fs';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';

/** Two log files of 1 MiB for each program, compiled code, reports. */
const FREE_BYTES_MIN = 64 * 1024 ** 2;

/** @throws CommandFailure, or the file system's error */
export function prepareStateFolder(folder: string, freeBytesMin = FREE_BYTES_MIN): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTDIR' && code !== 'EEXIST') throw error;
    throw new CommandFailure(`The state folder ${folder} cannot be made: ${message}`, EXIT.USAGE, 'Set AZIMUTH_STATE_DIR to a folder of yours.');
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= freeBytesMin) return;
  const freeMib = Math.floor((bavail * bsize) / 1024 ** 2);
  throw new CommandFailure(
    `The disk is full: ${folder} has ${freeMib} MiB left, and a region needs ${freeBytesMin / 1024 ** 2}. Nothing was started.`,
    EXIT.ERROR,
    'Make room, or set AZIMUTH_STATE_DIR to a folder on another disk.',
  );
}
