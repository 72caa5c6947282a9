/**
 * How a command ends when it cannot go on: one message, what to do about it, and the exit code that a CI
 * job can act on. A stack trace is for those who ask for one.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';

const ISSUES = 'the issue tracker of the repository';

export interface FailureReport {
  text: string;
  exitCode: number;
}

/** @param debug show stacks (`AZIMUTH_DEBUG=1`) */
export function reportFailure(error: unknown, debug: boolean): FailureReport {
  const stack = debug && error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
  if (error instanceof CommandFailure) {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    return { text: `azimuth: ${error.message}${hint}${stack}\n`, exitCode: error.exitCode };
  }
  // By name, so that reporting a failure loads no validator.
  if (error instanceof Error && error.name === 'ConfigError') {
    return { text: `azimuth: ${error.message}${stack}\n`, exitCode: EXIT.USAGE };
  }
  const message = error instanceof Error ? error.message : String(error);
  const system = systemRemedy(error);
  if (system !== null) return { text: `azimuth: ${message}\n${system}${stack}\n`, exitCode: EXIT.ERROR };
  const text = `azimuth: this should not have happened: ${message}\nPlease report it in ${ISSUES}, with the output of the same command under AZIMUTH_DEBUG=1.${stack}\n`;
  return { text, exitCode: EXIT.ERROR };
}

/** What the machine refused, not what the code got wrong. */
function systemRemedy(error: unknown): string | null {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full. Make room and run this again; "./azimuth doctor" shows how much is free.';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'The folder cannot be written. Give the right to it, or set AZIMUTH_STATE_DIR to a folder of yours.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open. Raise the limit ("ulimit -n 4096") and run this again.';
    case 'ENOMEM':
      return 'The machine is out of memory. "./azimuth doctor" shows how much is free.';
    default:
      return null;
  }
}
