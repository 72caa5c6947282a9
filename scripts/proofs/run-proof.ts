/** How the command of a proof runs: wrong words end it with 2, and what it cannot do with one message and its exit code. */
import type { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { reportFailure } from '../failure.ts';

/** Sets the exit code of this process. */
export async function runProof(proof: Command): Promise<void> {
  try {
    await proof.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.PASS : EXIT.USAGE)).parseAsync();
  } catch (error) {
    const { text, exitCode } = reportFailure(error, process.env['AZIMUTH_DEBUG'] === '1');
    process.stderr.write(text);
    process.exitCode = exitCode;
  }
}
