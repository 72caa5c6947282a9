/** The command line's entry: `./azimuth` (or npm) starts it once everything that it needs is installed, a container as it is. */
import { mountedReports } from '#kit/tool-container.ts';
import { runCommandLine } from './program.ts';
import { becomeOwnerOf } from './reports-owner.ts';

await runCommandLine(process.argv.slice(2), process.env, () => {
  const reports = mountedReports();
  if (reports !== null) becomeOwnerOf(reports);
});
