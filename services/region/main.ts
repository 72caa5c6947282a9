/** Writes `region.json` once, before any other container starts; exit 2 with every problem of the description. */
import { EXIT } from '#contracts/exit-codes.ts';
import { ConfigError } from '#kit/config.ts';
import { describeRegion } from './app.ts';

try {
  process.stdout.write(`${describeRegion(process.env)}\n`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT.USAGE;
}
