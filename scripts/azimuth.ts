/** The command line's entry: `./azimuth` (or npm) starts it once everything that it needs is installed. */
import { runCommandLine } from './program.ts';

await runCommandLine(process.argv.slice(2), process.env);
